"""A contest: who takes part in one workload, and what is reported of it."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.speed.contest import Contestant, Standings
from benchmarks.speed.material import Material
from benchmarks.speed.sizes import Sizes
from benchmarks.speed.tables import Report


@dataclass(frozen=True)
class Setting:
    """Where and on what a contest is held.

    Attributes:
        material: Models and texts.
        sizes: How much work there is.
        kind: Class of the CPU.
    """

    material: Material
    sizes: Sizes
    kind: str


class Group(Protocol):
    """One workload; its ratios are of contestants that took turns."""

    @property
    def name(self) -> str:
        """By which it is chosen."""
        ...

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return who takes part, in the order of their turns."""
        ...

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return the rows of the tables."""
        ...
