"""What a chart is made of; the page's template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

WIDTH = 420.0
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; `style` is a class of the style sheet, as everywhere here."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: str
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `opacity` from 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    style: str
    opacity: float = 1.0
    kind: str = "box"


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    style: str
    kind: str = "dot"


@dataclass(frozen=True, slots=True)
class Words:
    """A text whose baseline begins, has its middle, or ends at a point."""

    x: float
    y: float
    text: str
    style: str = "label"
    anchor: Anchor = "start"
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Curve:
    """Points joined by straight lines; `closed` fills what they enclose."""

    points: Sequence[tuple[float, float]]
    style: str
    closed: bool = False
    kind: str = "curve"

    @property
    def path(self) -> str:
        """As the attribute `d` has it."""
        joined = " L".join(f"{x:.1f} {y:.1f}" for x, y in self.points)
        return f"M{joined}{' Z' if self.closed else ''}"


Shape = Line | Box | Dot | Words | Curve


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its title, what it shows in a sentence, and the figures behind it.

    Attributes:
        name: Unlike that of any other chart on a page.
        title: Above it.
        description: What it shows, for all.
        height: Of the frame.
        shapes: In the order in which they are drawn.
        header: Of the table.
        rows: Of the table, as texts.
        width: Of the frame.
        keys: What each style stands for: style and words.
        in_words: Its figures, for who cannot see them.
    """

    name: str
    title: str
    description: str
    height: float
    shapes: Sequence[Shape]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    width: float = WIDTH
    keys: Sequence[tuple[str, str]] = ()
    in_words: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Figures from `low` to `high` as places from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a figure."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def shortened(name: str, width: int) -> str:
    """Return a name that takes at most so many columns; Chinese letters take two."""
    kept, used = "", 0
    for character in name:
        used += 2 if ord(character) > 0x2E80 else 1
        if used > width:
            return kept.rstrip() + "…"
        kept += character
    return kept
