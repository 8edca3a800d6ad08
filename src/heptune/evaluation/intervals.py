"""95 % intervals: Wilson's for shares, the stratified bootstrap for everything else.

The draws are stratified by true class and scored like the real rows; their 2.5th and 97.5th percentiles are the
interval (Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13).
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.confusion import class_rates, macro_mean
from heptune.evaluation.predictions import IntArray
from heptune.evaluation.resampling import Cells, chunks_of_draws, f1_of_draws, stratified_draws
from heptune.schemas.score import Score

CONFIDENCE = 0.95
DRAWS = 2_000
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

# Beyond so many rows a mean is as good as normally distributed, and drawing single rows would take seconds.
ROWS_TO_DRAW = 20_000
VALUES_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class F1Scores:
    """Macro-F1, and F1 of each class in their order."""

    macro: Score
    per_class: tuple[Score, ...]


def wilson(successes: float, trials: float, *, confidence: float = CONFIDENCE) -> Score:
    """Return a share with Wilson's score interval; without trials, 0.0 and no interval.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".

    Args:
        successes: Of the trials.
        trials: How many.
        confidence: How often the interval holds the truth.
    """
    if trials == 0:
        return Score(value=0.0)
    z = Z if confidence == CONFIDENCE else NormalDist().inv_cdf((1 + confidence) / 2)
    value = successes / trials
    centre = (successes + z**2 / 2) / (trials + z**2)
    half = z / (trials + z**2) * math.sqrt(successes * (1 - value) + z**2 / 4)
    # Rounding must not leave 0 or 1 outside of its own interval, nor the interval outside of 0..1.
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Score(value=value, low=min(low, value), high=max(high, value), method="wilson")


def bootstrap_f1(confusion: NDArray[np.int64], *, draws: int = DRAWS, seed: int = 0) -> F1Scores:
    """Return macro-F1 and F1 of each class with their bootstrap intervals.

    Where F1 is exactly 0 or 1 the draws do not vary, as if the rows left no doubt; Wilson's interval of the rows of the
    class stands in, for macro-F1 of as many rows as equally large classes would need for the same precision (Kish 1965,
    "Survey sampling"). F1 of a class without rows is 0.0 and has no interval.

    Args:
        confusion: int64 `[C, C]`, a row per true class.
        draws: Bootstrap draws.
        seed: Same seed, same interval.
    """
    rates = class_rates(confusion)
    drawn = _draw_f1(confusion, draws=draws, seed=seed)
    counted = rates.support[rates.support > 0]
    equal_rows = len(counted) ** 2 / float(np.sum(1 / counted))
    return F1Scores(
        macro=_f1_score(float(macro_mean(rates.f1)), macro_mean(drawn), equal_rows),
        per_class=tuple(
            _f1_score(float(value), drawn[:, index], int(rates.support[index])) for index, value in enumerate(rates.f1)
        ),
    )


def bootstrap_mean(values: NDArray[np.float64], strata: IntArray, *, draws: int = DRAWS, seed: int = 0) -> Score:
    """Return a mean with its bootstrap interval, rows drawn within each stratum.

    Up to 20,000 rows the rows are drawn; beyond, the normal distribution stands in that the mean of the draws tends to:
    its variance is the sum over strata of rows * variance, divided by n squared.

    Args:
        values: `[n]`.
        strata: int `[n]`.
        draws: Bootstrap draws.
        seed: Same seed, same interval, whatever the order of the rows.
    """
    order = np.lexsort((values, strata))
    groups = np.split(values[order], np.flatnonzero(np.diff(strata[order])) + 1)
    value = float(values.mean())
    if len(values) <= ROWS_TO_DRAW:
        return percentile_score(value, _draw_means(groups, draws=draws, seed=seed))
    half = Z * math.sqrt(sum(len(group) * group.var() for group in groups)) / len(values)
    low, high = max(value - half, values.min()), min(value + half, values.max())
    return Score(value=value, low=float(low), high=float(high), method="bootstrap")


def percentile_score(value: float, drawn: NDArray[np.float64]) -> Score:
    """Return `value` with the interval that holds the middle 95 % of the draws `[draws]`, widened to hold `value`."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Score(value=value, low=min(float(low), value), high=max(float(high), value), method="bootstrap")


def _f1_score(value: float, drawn: NDArray[np.float64], rows: float) -> Score:
    if rows == 0:
        return Score(value=0.0)
    if value in (0.0, 1.0):
        return wilson(value * rows, rows)
    return percentile_score(value, drawn)


def _draw_f1(confusion: NDArray[np.int64], *, draws: int, seed: int) -> NDArray[np.float64]:
    truth, predicted = np.nonzero(confusion)
    cells = Cells(truth, (predicted,), confusion[truth, predicted], confusion.sum(axis=1))
    generator = np.random.default_rng(seed)
    return np.concatenate(
        [
            f1_of_draws(stratified_draws(cells, size, generator), truth, predicted, cells.support)
            for size in chunks_of_draws(cells, draws)
        ]
    )


def _draw_means(groups: list[NDArray[np.float64]], *, draws: int, seed: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    sums = np.zeros(draws)
    for group in groups:
        size = max(1, VALUES_AT_ONCE // len(group))
        for start in range(0, draws, size):
            part = sums[start : start + size]
            part += group[generator.integers(len(group), size=(len(part), len(group)))].sum(axis=1)
    return sums / sum(len(group) for group in groups)
