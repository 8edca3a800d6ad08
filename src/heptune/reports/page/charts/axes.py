"""A frame with two axes."""

from collections.abc import Callable, Sequence

from heptune.reports.page.charts.chart import WIDTH, Line, Scale, Shape, Words

LEFT, RIGHT = 46.0, WIDTH - 18.0
TOP, BOTTOM = 12.0, 232.0
HEIGHT = 276.0


def axes(
    x: Scale,
    y: Scale,
    *,
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    x_title: str,
    y_title: str,
    x_text: Callable[[float], str],
    y_text: Callable[[float], str],
) -> list[Shape]:
    """Return grid lines, their figures, and the titles of both axes."""
    shapes: list[Shape] = [Words(0, TOP - 2, y_title, "tick")]
    for tick in y_ticks:
        shapes += [
            Line(LEFT, y(tick), RIGHT, y(tick), "grid"),
            Words(LEFT - 6, y(tick) + 4, y_text(tick), "tick", "end"),
        ]
    for tick in x_ticks:
        shapes.append(Words(x(tick), BOTTOM + 16, x_text(tick), "tick", "middle"))
    shapes.append(Words((LEFT + RIGHT) / 2, BOTTOM + 36, x_title, "tick", "middle"))
    return shapes


def across(low: float, high: float) -> Scale:
    """Return a scale from left to right."""
    return Scale(low, high, LEFT, RIGHT)


def upward(low: float, high: float) -> Scale:
    """Return a scale from below to above; there is room for the title above it."""
    return Scale(low, high, BOTTOM, TOP + 10)


def tenths(low: float, high: float) -> list[float]:
    """Return the tenths from a figure to another."""
    return [number / 10 for number in range(round(10 * low), round(10 * high) + 1)]
