"""Groups of rows, by the number of each row's group."""

import numpy as np
import numpy.typing as npt

from heptune.checks.check import EXAMPLES_SHOWN

Mask = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]


def repeats(groups: Groups, among: Mask) -> Mask:
    """Return which of some rows come after another of them in the same group `[n]`."""
    rows = np.flatnonzero(among)
    _groups, first = np.unique(groups[rows], return_index=True)
    again = among.copy()
    again[rows[first]] = False
    return again


def largest(groups: Groups, counted: Mask, among: Mask) -> list[Numbers]:
    """Return the rows of the groups with the most counted rows, for examples.

    Args:
        groups: Of each row `[n]`.
        counted: Rows that decide which groups these are `[n]`.
        among: Rows that are returned `[n]`.
    """
    counts = np.bincount(groups[counted])
    order = np.argsort(-counts, kind="stable")[:EXAMPLES_SHOWN]
    return [np.flatnonzero((groups == group) & among) for group in order if counts[group]]
