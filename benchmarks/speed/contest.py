"""Contestants take turns: A B C, A B C, A B C, so that a machine that drifts does so for all of them."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.speed.process import Finished, run_process

FIRST_SEED = 42
BATCH_SIZE = 32

Figures = dict[str, Any]


def read_last_line(output: str) -> Figures:
    """Return the JSON of the last line that has one; libraries print lines of their own.

    Raises:
        ValueError: no line has one.
    """
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            with suppress(ValueError):
                figures: Figures = json.loads(line)
                return figures
    raise ValueError("no figures were printed")


@dataclass(frozen=True)
class Contestant:
    """One way to do the work.

    Attributes:
        name: For people.
        arguments: Of Python: a module with its options.
        read: Makes figures of what it printed.
        rows: Of its work in one round, for people.
        seeded: Whether each round has a seed of its own.
        rounds: At most so many; None takes part in all.
    """

    name: str
    arguments: tuple[str, ...]
    rows: int = 0
    read: Callable[[str], Figures] = read_last_line
    seeded: bool = False
    rounds: int | None = None

    def command(self, number: int) -> list[str]:
        """Return the command of a round, counted from 0."""
        seed = ["--seed", str(FIRST_SEED + number)] if self.seeded else []
        return [sys.executable, *self.arguments, *seed]


def at_work(
    name: str,
    module: str,
    model: Path,
    texts: Path,
    rows: int,
    *,
    batch_size: int = BATCH_SIZE,
) -> Contestant:
    """Return one of `benchmarks/contestants` on rows of a file."""
    options = ("--model", model, "--texts", texts, "--rows", rows, "--batch-size", batch_size)
    return Contestant(name, ("-m", f"benchmarks.contestants.{module}", *map(str, options)), rows)


@dataclass
class Standing:
    """How a contestant has done.

    Attributes:
        figures: Of each round.
        reason: Why there are none.
        failed: Whether it broke; one that declines has said why it cannot take part.
    """

    figures: list[Figures] = field(default_factory=list)
    reason: str = ""
    failed: bool = False

    def values(self, key: str) -> list[float]:
        """Return one figure of each round; a round without it is left out."""
        return [float(figures[key]) for figures in self.figures if figures.get(key) is not None]

    @property
    def last(self) -> Figures:
        """The figures of the last round; empty without one."""
        return self.figures[-1] if self.figures else {}


Standings = Mapping[str, Standing]


def interleave(
    contestants: Sequence[Contestant],
    rounds: int,
    measure: Callable[[Contestant, int], Standing],
) -> dict[str, Standing]:
    """Let all of them have their turn in each round, and gather what `measure` finds, by name.

    One that declines or breaks has no further turn and keeps no figure.
    """
    standings = {contestant.name: Standing() for contestant in contestants}
    for number in range(rounds):
        for contestant in contestants:
            standing = standings[contestant.name]
            if standing.reason or number >= (contestant.rounds or rounds):
                continue
            turn = measure(contestant, number)
            if turn.reason:
                standings[contestant.name] = turn
            standing.figures += turn.figures
    return standings


def take_turn(contestant: Contestant, number: int, state: Path) -> Standing:
    """Run a contestant once; what Heptune remembers of a machine is kept in `state`."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HEPTUNE_LANG": "en", "XDG_STATE_HOME": str(state)}
    return judge(contestant, run_process(contestant.command(number), environment))


def judge(contestant: Contestant, finished: Finished) -> Standing:
    """Return what came of a turn."""
    if finished.code:
        lines = finished.errors.strip().splitlines() or [f"exit code {finished.code}"]
        print(finished.errors, file=sys.stderr)
        return Standing(reason=f"failed: {lines[-1].strip()}", failed=True)
    try:
        figures = contestant.read(finished.output)
    except ValueError as error:
        return Standing(reason=f"failed: {error}", failed=True)
    if "declined" in figures:
        return Standing(reason=str(figures["declined"]))
    outside = {"process_seconds": finished.seconds, "peak_mib": finished.peak_mib}
    return Standing([outside | figures])
