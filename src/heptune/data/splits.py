"""Stratified splits that keep groups of rows together."""

import numpy as np
import numpy.typing as npt

IntegerArray = npt.NDArray[np.int64]

FOLDS = 5


def stratified_split(
    classes: IntegerArray, size: int, seed: int, groups: npt.NDArray[np.integer] | None = None
) -> tuple[IntegerArray, IntegerArray]:
    """Set `size` rows aside so that each class keeps its share as nearly as whole groups allow.

    Every class keeps at least one row in the remainder, so that a class with a single row is never set aside. Where
    that, or a group that would be torn apart, leaves fewer than `size` rows to take, fewer are taken.

    Args:
        classes: Inner class ids `[n]`.
        size: How many rows to set aside.
        seed: Decides which ones.
        groups: Group of each row `[n]`, all of whose rows go the same way and count for the class of its first one;
            without it each row is a group.

    Returns:
        The row numbers of the remainder and of the rows set aside, each in file order.
    """
    _numbers, first, group = np.unique(
        np.arange(len(classes)) if groups is None else groups, return_index=True, return_inverse=True
    )
    sizes = np.bincount(group)
    class_of_group = classes[first]
    quotas = _share_out(np.bincount(class_of_group, weights=sizes).astype(np.int64), size)
    generator = np.random.default_rng(seed)
    taken = np.zeros(len(sizes), dtype=bool)
    for label, quota in enumerate(quotas):
        members = np.flatnonzero(class_of_group == label)
        in_order = members[np.argsort(first[members])]
        taken[_fill(generator.permutation(in_order), sizes, quota)] = True
    aside = taken[group]
    for label in np.setdiff1d(classes, classes[~aside]):
        aside &= ~np.isin(group, group[classes == label])
    return np.flatnonzero(~aside), np.flatnonzero(aside)


def folds(
    classes: IntegerArray, groups: npt.NDArray[np.integer], *, seed: int, count: int = FOLDS
) -> list[IntegerArray]:
    """Return the rows of each fold: as many of each class in each as whole groups allow, each row in one of them.

    The largest groups are dealt first, each to the fold with the fewest rows of its class, of these to the smallest.
    With fewer groups than folds some folds stay empty.

    Args:
        classes: Inner class ids `[n]`.
        groups: Group of each row `[n]`, which counts for the class of its first row.
        seed: Decides which rows go where.
        count: How many folds.
    """
    if not len(classes):
        return [np.arange(0)] * count
    _numbers, first, group = np.unique(groups, return_index=True, return_inverse=True)
    sizes, class_of_group = np.bincount(group), classes[first]
    held = np.zeros((count, int(classes.max()) + 1), dtype=np.int64)
    fold_of_group = np.zeros(len(sizes), dtype=np.int64)
    drawn = np.random.default_rng(seed).permutation(len(sizes))
    several = drawn[sizes[drawn] > 1]
    for number in several[np.argsort(-sizes[several], kind="stable")].tolist():
        label = class_of_group[number]
        fold = int(np.lexsort((held.sum(axis=1), held[:, label]))[0])
        fold_of_group[number] = fold
        held[fold, label] += sizes[number]
    single = drawn[sizes[drawn] == 1]
    for label in np.unique(classes):
        members = single[class_of_group[single] == label]
        more = _levelled(len(members), held[:, label], held.sum(axis=1))
        fold_of_group[members] = np.repeat(np.arange(count), more)
        held[:, label] += more
    of_row = fold_of_group[group]
    return [np.flatnonzero(of_row == fold) for fold in range(count)]


def _levelled(rows: int, held: IntegerArray, sizes: IntegerArray) -> IntegerArray:
    """Share rows out over folds so that what they hold of a class gets as level as it can; ties go to small folds."""
    more = np.zeros_like(held)
    while rows > 0:
        filled = held + more
        level = filled.min()
        lowest, above = np.flatnonzero(filled == level), filled[filled > level]
        step = int(above.min() - level) if len(above) else rows
        whole = min(step, rows // len(lowest))
        if whole:
            more[lowest] += whole
            rows -= whole * len(lowest)
        if whole < step and rows:
            takers = lowest[np.argsort((sizes + more)[lowest], kind="stable")][:rows]
            more[takers] += 1
            rows -= len(takers)
    return more


def _fill(groups: IntegerArray, sizes: IntegerArray, quota: int) -> IntegerArray:
    """Return the first of the groups that have room in the quota, in their order; what is too large is passed over."""
    if np.all(sizes[groups[:quota]] == 1):
        return groups[:quota]
    taken = []
    for group in groups.tolist():
        if sizes[group] <= quota:
            taken.append(group)
            quota -= sizes[group]
        if not quota:
            break
    return np.array(taken, dtype=np.int64)


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
