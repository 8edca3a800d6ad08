"""Whether a model is better than a baseline on the same rows, or only seems so."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.confusion import macro_mean
from heptune.evaluation.intervals import DRAWS, percentile_score
from heptune.evaluation.predictions import IntArray
from heptune.evaluation.resampling import Cells, chunks_of_draws, count_cells, f1_of_draws, stratified_draws
from heptune.evaluation.test_size import holm, smallest_difference
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison

Name = TypeVar("Name", bound=str)
# The gain of model over baseline in each of some draws of the cells' counts `[draws, k]`.
Gain = Callable[[Cells, NDArray[np.int64]], NDArray[np.float64]]


def compare_accuracy(
    labels: IntArray, model: IntArray, baseline: IntArray, *, draws: int = DRAWS, seed: int = 0
) -> PairedComparison:
    """Compare the accuracies of two classifiers: McNemar's mid-p test, and a paired bootstrap interval.

    Args:
        labels: True classes, int `[n]`.
        model: Classes that the model predicts, int `[n]`.
        baseline: Classes that the baseline predicts, int `[n]`.
        draws: Bootstrap draws, stratified by true class.
        seed: Same seed, same interval.
    """
    cells = count_cells(labels, model, baseline)
    sign = _sign(cells)
    won, lost = (int(cells.counts[sign == side].sum()) for side in (1, -1))
    p_value = mcnemar_mid_p(won=won, lost=lost)
    return PairedComparison(
        metric="accuracy",
        difference=_difference(cells, _accuracy_gain, draws=draws, generator=np.random.default_rng(seed)),
        p_value=p_value,
        p_adjusted=p_value,
        method="mcnemar_mid_p",
        n=len(labels),
        smallest_difference=smallest_difference(won, lost, len(labels)),
    )


def compare_macro_f1(
    labels: IntArray, model: IntArray, baseline: IntArray, *, draws: int = DRAWS, seed: int = 0
) -> PairedComparison:
    """Compare the macro-F1 of two classifiers: a randomization test, and a paired bootstrap interval.

    The test exchanges the two predictions of each row by the toss of a coin, and counts how often the difference comes
    out as large as it is, the real one included. Source: Yeh (2000), "More accurate tests for the statistical
    significance of result differences".

    Args:
        labels: True classes, int `[n]`.
        model: Classes that the model predicts, int `[n]`.
        baseline: Classes that the baseline predicts, int `[n]`.
        draws: Bootstrap draws, stratified by true class, and as many exchanges.
        seed: Same seed, same interval and p-value.
    """
    cells = count_cells(labels, model, baseline)
    generator = np.random.default_rng(seed)
    difference = _difference(cells, _macro_f1_gain, draws=draws, generator=generator)
    p_value = _randomization_p(cells, difference.value, draws=draws, generator=generator)
    return PairedComparison(
        metric="macro_f1",
        difference=difference,
        p_value=p_value,
        p_adjusted=p_value,
        method="randomization",
        n=len(labels),
    )


def adjusted(
    comparisons: Mapping[Name, PairedComparison], itself: Collection[str] = ()
) -> dict[Name, PairedComparison]:
    """Adjust the p-values of comparisons of one model with several others by Holm's method.

    Args:
        comparisons: By the name of the other.
        itself: Names under which the model is compared with itself; no test is made there.
    """
    names = [name for name in comparisons if name not in itself]
    p_values = dict(zip(names, holm([comparisons[name].p_value for name in names]), strict=True))
    return {
        name: comparison.model_copy(update={"p_adjusted": p_values.get(name, comparison.p_value)})
        for name, comparison in comparisons.items()
    }


def mcnemar_mid_p(won: int, lost: int) -> float:
    """Return the two-sided mid-p value of McNemar's exact test.

    Source: Fagerland, Lydersen and Laake (2013), "The McNemar test for binary matched-pairs data: mid-p and asymptotic
    are better than exact conditional".

    Args:
        won: Rows that only the model has right.
        lost: Rows that only the baseline has right.
    """
    from scipy.stats import binom

    fewer, trials = min(won, lost), won + lost
    return float(min(1.0, 2 * binom.cdf(fewer, trials, 0.5) - binom.pmf(fewer, trials, 0.5)))


def _sign(cells: Cells) -> NDArray[np.int64]:
    """1 where only the model is right, -1 where only the baseline is, else 0: `[k]`."""
    model, baseline = cells.predictions
    return (model == cells.truth).astype(np.int64) - (baseline == cells.truth).astype(np.int64)


def _accuracy_gain(cells: Cells, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    gain: NDArray[np.float64] = counts @ _sign(cells) / cells.support.sum()
    return gain


def _macro_f1_gain(cells: Cells, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    model, baseline = (
        macro_mean(f1_of_draws(counts, cells.truth, predicted, cells.support)) for predicted in cells.predictions
    )
    return model - baseline


def _difference(cells: Cells, gain: Gain, *, draws: int, generator: np.random.Generator) -> Score:
    value = float(gain(cells, cells.counts[np.newaxis])[0])
    chunks = [gain(cells, stratified_draws(cells, size, generator)) for size in chunks_of_draws(cells, draws)]
    return percentile_score(value, np.concatenate(chunks))


def _randomization_p(cells: Cells, observed: float, *, draws: int, generator: np.random.Generator) -> float:
    model, baseline = cells.predictions
    # Each cell twice: its rows as they are, and its rows with the two predictions exchanged.
    both = Cells(
        truth=np.concatenate([cells.truth, cells.truth]),
        predictions=(np.concatenate([model, baseline]), np.concatenate([baseline, model])),
        counts=np.concatenate([cells.counts, np.zeros_like(cells.counts)]),
        support=cells.support,
    )
    as_large = 1
    for size in chunks_of_draws(both, draws):
        exchanged = generator.binomial(cells.counts, 0.5, size=(size, len(cells.counts)))
        gain = _macro_f1_gain(both, np.hstack([cells.counts - exchanged, exchanged]))
        # Equal differences may differ in the last digit.
        as_large += int(np.sum(np.abs(gain) >= abs(observed) - 1e-12))
    return as_large / (1 + draws)
