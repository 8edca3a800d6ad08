"""Figures as a page writes them."""

from heptune.evaluation.intervals import wilson
from heptune.schemas.score import Score


def percent(value: float, *, digits: int = 1) -> str:
    """Return a share in percent."""
    return f"{100 * value:.{digits}f}%"


def percent_interval(score: Score, *, alone: bool = False) -> str:
    """Return a share with its interval, or the interval alone; a dash where there is none."""
    if score.low is None or score.high is None:
        return "–" if alone else percent(score.value)
    interval = f"{percent(score.low)} – {percent(score.high)}"
    return interval if alone else f"{percent(score.value)} ({interval})"


def decimal(value: float) -> str:
    """Return a figure that is no share."""
    return f"{value:.3f}"


def share_interval(hits: int, rows: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson)."""
    score = wilson(hits, rows)
    return score.low or 0.0, 1.0 if score.high is None else score.high
