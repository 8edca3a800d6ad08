"""A terminal that is none: what a command writes to it, escape codes and all. POSIX only, as pseudo-terminals are."""

import os
import pty
from collections.abc import Mapping

from command_line import Outcome, start


def call_on_terminal(*arguments: object, environment: Mapping[str, str] | None = None) -> Outcome:
    """Run `heptune` in a process of its own whose output is a terminal of 100 columns; all of it is in `out`."""
    ours, theirs = pty.openpty()
    variables = {"TERM": "xterm-256color", "COLUMNS": "100", **(environment or {})}
    try:
        process = start(*arguments, environment=variables, stdout=theirs, stderr=theirs)
    finally:
        os.close(theirs)
    try:
        written = _read_all(ours)
    finally:
        os.close(ours)
        code = process.wait(timeout=60)
    return Outcome(code, written.decode("utf-8"), "")


def _read_all(descriptor: int) -> bytes:
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # so Linux says that the other side is closed
            part = b""
        if not part:
            return b"".join(parts)
        parts.append(part)
