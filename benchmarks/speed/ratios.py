"""Rows of the table of ratios and of that of estimates."""

from collections.abc import Sequence

from benchmarks.speed.contest import Standing
from benchmarks.speed.figures import NONE, compare, middle, spread_of_errors, write
from benchmarks.speed.targets import target


def ratio_row(
    name: str, ours: Sequence[float], theirs: Sequence[float], kind: str, key: str, *, less_is_better: bool = False
) -> list[str]:
    """Return ours ÷ theirs; theirs ÷ ours where less is better, as of seconds."""
    ratio = compare(theirs, ours) if less_is_better else compare(ours, theirs)
    if ratio is None:
        return [name, middle(ours), middle(theirs), NONE, NONE, *told(kind, key)]
    rounds = f"{write(ratio.low)} – {write(ratio.high)}"
    return [name, middle(ours), middle(theirs), f"**{write(ratio.value)}**", rounds, *told(kind, key)]


def told(kind: str, key: str) -> list[str]:
    """Return what has to be reached and what is aimed for."""
    bounds = target(kind, key)
    return [bounds.at_least, bounds.aim]


def estimate_row(name: str, standing: Standing) -> list[list[str]]:
    """Return the estimate beside the fact, as the only row; none where nothing was foretold."""
    foretold, took = standing.values("estimated_seconds"), standing.values("fit_seconds")
    if not foretold:
        return []
    memory, peak = standing.values("estimated_mib"), standing.values("fit_peak_mib")
    cells = [middle(foretold), middle(took), spread_of_errors(foretold, took)]
    return [[name, *cells, middle(memory), middle(peak), spread_of_errors(memory, peak)]]
