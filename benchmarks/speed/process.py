"""A process, its wall-clock time and its peak of memory, taken from outside: the same for whoever takes part."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class Finished:
    """A process that has ended.

    Attributes:
        code: Its exit code.
        output: What it printed on standard output.
        errors: What it printed on standard error.
        seconds: From its start to its end, imports included.
        peak_mib: Its largest resident memory.
    """

    code: int
    output: str
    errors: str
    seconds: float
    peak_mib: float


def run_process(command: Sequence[str], environment: Mapping[str, str]) -> Finished:
    """Run a command to its end; the caller's own memory is to be small, for a child counts it as its own at birth."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=dict(environment))
        try:
            _pid, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        return Finished(child.returncode, _read(output), _read(errors), seconds, usage.ru_maxrss / 1024)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
