"""Medians, spreads and ratios, and how they are written."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NONE = "–"


@dataclass(frozen=True)
class Ratio:
    """Of two medians, with the lowest and the highest of those within one round."""

    value: float
    low: float
    high: float


def compare(above: Sequence[float], below: Sequence[float]) -> Ratio | None:
    """Return how many times `above` is `below`; None where one of them has no figure."""
    if not above or not below:
        return None
    rounds = [one / other for one, other in zip(above, below, strict=False)]
    return Ratio(statistics.median(above) / statistics.median(below), min(rounds), max(rounds))


def middle(values: Sequence[float]) -> str:
    """Return the median as it is written, a dash without values."""
    return write(statistics.median(values)) if values else NONE


def spread(values: Sequence[float]) -> str:
    """Return the median with the lowest and the highest."""
    if len(values) < 2:
        return middle(values)
    return f"{middle(values)} ({write(min(values))} – {write(max(values))})"


def write(value: float) -> str:
    """Return a number with about three digits."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3f}"


def write_percent(value: float) -> str:
    """Return a share in percent."""
    return f"{100 * value:.0f} %"


def spread_of_errors(foretold: Sequence[float], found: Sequence[float]) -> str:
    """Return how far estimates were from the facts, in percent of these: the lowest and the highest error."""
    errors = [100 * (one / other - 1) for one, other in zip(foretold, found, strict=True)]
    if not errors:
        return NONE
    ends = dict.fromkeys(f"{error:+.0f}" for error in (min(errors), max(errors)))
    return f"{' – '.join(ends)} %"
