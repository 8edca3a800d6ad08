"""Stratified splits."""

import numpy as np
import numpy.typing as npt

IntegerArray = npt.NDArray[np.int64]


def stratified_split(classes: IntegerArray, size: int, seed: int) -> tuple[IntegerArray, IntegerArray]:
    """Set `size` rows aside so that each class keeps its share as nearly as whole rows allow.

    Every class keeps at least one row in the remainder, so that a class with a single row is never set aside. Where
    that leaves fewer than `size` rows to take, fewer are taken.

    Args:
        classes: Inner class ids `[n]`.
        size: How many rows to set aside.
        seed: Decides which ones.

    Returns:
        The row numbers of the remainder and of the rows set aside, each in file order.
    """
    counts = np.bincount(classes)
    quotas = _share_out(counts, size)
    generator = np.random.default_rng(seed)
    taken = np.zeros(len(classes), dtype=bool)
    for label, quota in enumerate(quotas):
        members = np.flatnonzero(classes == label)
        taken[generator.permutation(members)[:quota]] = True
    return np.flatnonzero(~taken), np.flatnonzero(taken)


def _share_out(counts: IntegerArray, size: int) -> IntegerArray:
    """Share `size` out over classes in proportion to `counts` by largest remainders, leaving each class one row."""
    most = np.maximum(counts - 1, 0)
    size = min(size, int(most.sum()))
    exact = counts * (size / max(1, counts.sum()))
    quotas = np.minimum(np.floor(exact).astype(np.int64), most)
    for label in np.argsort(-(exact - quotas), kind="stable"):
        if quotas.sum() == size:
            return quotas
        quotas[label] += quotas[label] < most[label]
    while quotas.sum() < size:
        quotas[np.argmax(most - quotas)] += 1
    return quotas
