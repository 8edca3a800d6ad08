"""Rows that come in clusters, such as all tickets of one customer: they say less than as many rows of their own.

The bootstrap draws whole clusters, and shares count for as many independent rows as would leave the same doubt (Rao and
Scott 1992, "A simple method for the analysis of clustered binary data").
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.intervals import CONFIDENCE, DRAWS, percentile_score, wilson
from heptune.evaluation.predictions import IntArray
from heptune.schemas.score import Score

# Bounds the memory that a chunk of draws takes to some 50 MB.
VALUES_AT_ONCE = 4_000_000

Floats = NDArray[np.float64]
# From how often each cluster is drawn, `[draws, k]`, to a figure of each draw `[draws]`, or to several `[draws, m]`.
Statistic = Callable[[NDArray[np.int64]], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Which rows belong together.

    Attributes:
        of_row: Cluster of each row, from 0, int64 `[n]`.
        count: How many there are, `k`.
    """

    of_row: NDArray[np.int64]
    count: int

    def sums(self, values: NDArray[Any]) -> Floats:
        """Return the sum over the rows of each cluster `[k]` of values `[n]`."""
        return np.bincount(self.of_row, weights=values, minlength=self.count).astype(np.float64)

    def counts(self, columns: IntArray, rows: NDArray[np.bool_], width: int) -> Any:  # noqa: ANN401 - of scipy
        """Return how many of some rows `[n]` of each cluster lie in each column, sparse `[k, width]`."""
        from scipy.sparse import csr_array

        ones = np.ones(int(rows.sum()))
        return csr_array((ones, (self.of_row[rows], columns[rows])), shape=(self.count, width))


def clusters_of(groups: IntArray) -> Clusters:
    """Number the groups `[n]` from 0."""
    names, of_row = np.unique(groups, return_inverse=True)
    return Clusters(of_row.astype(np.int64), len(names))


def clustered_share(
    hits: NDArray[np.bool_], taken: NDArray[np.bool_], clusters: Clusters, *, confidence: float = CONFIDENCE
) -> Score:
    """Return a share with Wilson's interval for as many rows as the clusters are worth.

    Args:
        hits: `[n]`.
        taken: Rows that the share is of `[n]`; the other hits do not count.
        clusters: Of the rows.
        confidence: How often the interval holds the truth.
    """
    rows, right = clusters.sums(taken), clusters.sums(hits & taken)
    trials = float(rows.sum())
    if trials == 0:
        return wilson(0, 0)
    share = float(right.sum()) / trials
    filled = int(np.count_nonzero(rows))
    # So many are they worth if all rows of a cluster say the same, as nothing else is seen where all of them do.
    fewest = trials**2 / float(np.sum(rows**2))
    variance = filled / max(1, filled - 1) * float(np.sum((right - share * rows) ** 2)) / trials**2
    worth = fewest
    # Without variance, but for rounding, nothing tells what rows of a cluster have in common.
    if 0 < share < 1 and filled > 1 and variance > 1e-12 * share * (1 - share):
        worth = min(trials, share * (1 - share) / variance)
    return wilson(share * worth, worth, confidence=confidence)


def clustered_score(statistic: Statistic, clusters: Clusters, *, draws: int = DRAWS, seed: int = 0) -> Score:
    """Return a figure with its bootstrap interval, whole clusters drawn."""
    value = float(statistic(np.ones((1, clusters.count), dtype=np.int64))[0])
    return percentile_score(value, drawn_figures(statistic, clusters, draws=draws, seed=seed))


def drawn_figures(statistic: Statistic, clusters: Clusters, *, draws: int, seed: int) -> Floats:
    """Return the figures of each draw, `[draws]` or `[draws, m]`."""
    generator = np.random.default_rng(seed)
    return np.concatenate(
        [
            statistic(generator.multinomial(clusters.count, np.full(clusters.count, 1 / clusters.count), size=size))
            for size in chunks(clusters, draws)
        ]
    )


def chunks(clusters: Clusters, draws: int) -> Iterator[int]:
    """Yield how many draws to hold in memory at a time, summing to `draws`."""
    size = max(1, VALUES_AT_ONCE // clusters.count)
    for start in range(0, draws, size):
        yield min(size, draws - start)
