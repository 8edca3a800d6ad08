"""Resampling rows by counting, without touching a row.

Drawing rows with replacement within a true class only changes how often each combination of true and predicted classes
occurs, and those counts follow a multinomial distribution. So a draw costs as much as there are occupied combinations,
whatever the number of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.predictions import IntArray

# Bounds the memory that a chunk of draws takes to some 50 MB.
CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """The combinations of true class and predictions that occur, `k` of them.

    Attributes:
        truth: True class of each cell, ascending, int64 `[k]`.
        predictions: Predicted class of each cell, one int64 `[k]` per classifier.
        counts: Rows of each cell, int64 `[k]`.
        support: Rows of each class, int64 `[C]`.
    """

    truth: NDArray[np.int64]
    predictions: tuple[NDArray[np.int64], ...]
    counts: NDArray[np.int64]
    support: NDArray[np.int64]


def count_cells(labels: IntArray, *predictions: IntArray) -> Cells:
    """Count the rows by true class and by the predictions of one or more classifiers, int `[n]` each."""
    columns = [np.asarray(column, dtype=np.int64) for column in (labels, *predictions)]
    class_count = 1 + max(int(column.max()) for column in columns)
    shape = (class_count,) * len(columns)
    keys, counts = np.unique(np.ravel_multi_index(columns, shape), return_counts=True)
    truth, *predicted = np.unravel_index(keys, shape)
    return Cells(truth, tuple(predicted), counts, np.bincount(columns[0], minlength=class_count))


def chunks_of_draws(cells: Cells, draws: int) -> Iterator[int]:
    """Yield how many draws to hold in memory at a time, summing to `draws`."""
    size = max(1, CELLS_AT_ONCE // len(cells.counts))
    for start in range(0, draws, size):
        yield min(size, draws - start)


def stratified_draws(cells: Cells, draws: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw the rows of each true class anew, with replacement: counts int64 `[draws, k]`."""
    drawn = np.empty((draws, len(cells.counts)), dtype=np.int64)
    for true_class in np.unique(cells.truth):
        start, stop = np.searchsorted(cells.truth, [true_class, true_class + 1])
        rows = cells.support[true_class]
        drawn[:, start:stop] = generator.multinomial(rows, cells.counts[start:stop] / rows, size=draws)
    return drawn


def f1_of_draws(
    counts: NDArray[np.int64], truth: NDArray[np.int64], predicted: NDArray[np.int64], support: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Compute F1 of each class in each draw, `[draws, C]`; NaN where a class has neither a row nor a prediction.

    Args:
        counts: Rows of each cell in each draw, `[draws, k]`.
        truth: True class of each cell, `[k]`.
        predicted: Predicted class of each cell, `[k]`.
        support: Rows of each class, the same in all draws, `[C]`.
    """
    from scipy.sparse import csr_array

    cells = np.arange(len(truth))
    by_class = csr_array((np.ones(len(truth)), (cells, predicted)), shape=(len(truth), len(support)))
    right = truth == predicted
    with np.errstate(invalid="ignore"):
        f1: NDArray[np.float64] = 2 * (counts[:, right] @ by_class[right]) / (support + counts @ by_class)
    return f1
