"""Timing ways to score the same texts: each in a process of its own, all of them in turn, round after round."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from heptune.errors import HeptuneError
from heptune.i18n import _, language

WORKER = "heptune.exporting.race_worker"


@dataclass(frozen=True, slots=True)
class Starter:
    """A bundle, and the precision to open it in; None where it has but one."""

    folder: Path
    precision: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Lap:
    """What one way has done.

    Attributes:
        seconds: Of each round.
        probabilities: float64 `[n, C]`; nan for a text without an answer.
        peak_memory_mib: Of its process.
    """

    seconds: tuple[float, ...]
    probabilities: npt.NDArray[np.float64]
    peak_memory_mib: float | None


def race(starters: Mapping[str, Starter], texts: Sequence[str], *, rounds: int) -> dict[str, Lap]:
    """Time each way to score texts; a first pass of each does not count.

    Processes of their own: what one keeps in memory is not counted for another, and one that is done waits in silence.
    Every round has all ways in it, so that a machine that is busy for a while is so for all.

    Raises:
        HeptuneError: one of them cannot score the texts.
    """
    with ExitStack() as stack:
        runners = {name: stack.enter_context(_Runner()) for name in starters}
        for name, runner in runners.items():
            task = {"folder": str(starters[name].folder), "precision": starters[name].precision, "texts": list(texts)}
            runner.ask(json.dumps(task))
        seconds: dict[str, list[float]] = {name: [] for name in runners}
        for _round in range(rounds):
            for name, runner in runners.items():
                seconds[name].append(float(runner.ask("go")["seconds"]))
        ends = {name: runner.ask("end") for name, runner in runners.items()}
    return {
        name: Lap(tuple(seconds[name]), np.array(end["probabilities"], dtype=np.float64), end["peak_memory_mib"])
        for name, end in ends.items()
    }


class _Runner:
    """A process that is told which bundle to open, and then waits for the word."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
            [sys.executable, "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "HEPTUNE_LANG": language(), "PYTHONUTF8": "1"},
        )

    def ask(self, word: str) -> dict[str, Any]:
        """Send a line and return the object that comes back."""
        assert self._process.stdin is not None  # noqa: S101 - pipes, as asked for
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise _broken(_("it has ended, perhaps for want of memory")) from error
        if "error" in answer:
            raise _broken(answer["error"])
        content: dict[str, Any] = answer
        return content

    def __enter__(self) -> "_Runner":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()


def _broken(found: str) -> HeptuneError:
    return HeptuneError(_("A process that was to score the texts did not."), code="broken_race", found=found)
