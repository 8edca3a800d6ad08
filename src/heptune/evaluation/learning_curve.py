"""What further labelled rows are likely to be worth, by how the error fell so far.

The error is taken to fall as a power of the number of rows towards a rest that no number of rows takes away:
e(n) = c + a n^-b. Source: Cortes, Jackel, Solla, Vapnik and Denker (1994), "Learning curves: asymptotic values and rate
of convergence"; Hestness et al. (2017), "Deep learning scaling is predictable, empirically".
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heptune.schemas.score import Score

DRAWS = 2_000
# A few sizes do not tell how much of the error is such a rest: nothing, which is closest on average, or as much as this
# share of the lowest error.
RESTS = (0.0, 0.8)
# The error falls, and no faster than this: slopes of further draws are chance.
SLOWEST, FASTEST = 0.0, 1.0


def gains_of_rows(
    sizes: Sequence[float],
    right: NDArray[np.bool_],
    have: float,
    wanted: Sequence[float],
    *,
    groups: NDArray[np.integer] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Score, ...]:
    """Return by how much accuracy is likely to rise with so many rows to learn from, each with its 95 % interval.

    Every draw takes rows anew with replacement, the same ones at all sizes. The figure is that of an error that falls
    towards nothing. The interval spans what is known of curves with few points: the error may have a rest, and while
    there are few rows accuracy may still rise by as much with each doubling.

    Args:
        sizes: Rows that were learnt from, ascending `[k]`, two or more.
        right: Whether each judged row was right at each size `[k, n]`.
        have: Rows to learn from that there are.
        wanted: Rows to learn from that there might be.
        groups: Rows of one group are drawn together `[n]`; None draws each by itself.
        draws: Of the bootstrap.
        seed: Same seed, same intervals.
    """
    generator = np.random.default_rng(seed)
    wrong = _wrong_by_group(right, groups)
    count = wrong.shape[2]
    logs = np.log(np.asarray(sizes, dtype=float))
    places = np.log(np.asarray([have, *wanted], dtype=float))
    gains = np.empty((draws, len(RESTS) + 1, len(wanted)))
    for draw in range(draws):
        drawn = np.bincount(generator.integers(0, count, count), minlength=count)
        mistakes, judged = wrong @ drawn
        # Half a mistake more, so that an error of nothing has a logarithm.
        errors = (mistakes + 0.5) / (judged + 1)
        for number, rest in enumerate(RESTS):
            falling = np.log(errors - rest * errors.min())
            slope = np.clip(np.polyfit(logs, falling, 1)[0], -FASTEST, -SLOWEST)
            then = np.exp(falling.mean() + slope * (places - logs.mean()))
            gains[draw, number] = then[0] - then[1:]
        rise = max(0.0, -np.polyfit(logs, errors, 1)[0])
        gains[draw, -1] = np.minimum(rise * (places[1:] - places[0]), errors.min())
    low, middle, high = np.quantile(gains, [0.025, 0.5, 0.975], axis=0)
    low, middle, high = low.min(axis=0), middle[0], high.max(axis=0)
    return tuple(
        Score(value=round(float(m), 6), low=round(float(a), 6), high=round(float(b), 6), method="bootstrap")
        for a, m, b in zip(low, middle, high, strict=True)
    )


def _wrong_by_group(right: NDArray[np.bool_], groups: NDArray[np.integer] | None) -> NDArray[np.float64]:
    """Return mistakes and rows of each group at each size `[2, k, groups]`."""
    if groups is None:
        return np.stack([~right, np.ones_like(right)]).astype(np.float64)
    numbers = np.unique(groups, return_inverse=True)[1]
    mistakes = np.stack([np.bincount(numbers, weights=~of_size) for of_size in right])
    return np.stack([mistakes, np.broadcast_to(np.bincount(numbers), mistakes.shape)])
