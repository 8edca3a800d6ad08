"""Whether a model is better than another on the same rows, where these come in clusters.

The test exchanges the answers of both for whole clusters by the toss of a coin, and counts how often the difference
comes out as large as it is, the real one included (Yeh 2000, "More accurate tests for the statistical significance of
result differences", with clusters in the place of rows).
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.clustered_scoring import F1Statistic
from heptune.evaluation.clusters import Clusters, Floats, chunks, clustered_score
from heptune.evaluation.confusion import macro_mean
from heptune.evaluation.intervals import DRAWS
from heptune.evaluation.predictions import IntArray
from heptune.evaluation.test_size import POWER
from heptune.schemas.scores import SIGNIFICANCE_LEVEL, PairedComparison


def compare_accuracy_by_cluster(
    labels: IntArray, model: IntArray, baseline: IntArray, clusters: Clusters, *, draws: int = DRAWS, seed: int = 0
) -> PairedComparison:
    """Compare the accuracies of two classifiers.

    Args:
        labels: True classes, int `[n]`.
        model: Classes that the model predicts, int `[n]`.
        baseline: Classes that the baseline predicts, int `[n]`.
        clusters: Of the rows.
        draws: Bootstrap draws of clusters, and as many exchanges.
        seed: Same seed, same interval and p-value.
    """
    gains = clusters.sums((model == labels).astype(np.int64) - (baseline == labels).astype(np.int64))
    rows = clusters.sums(np.ones(len(labels)))

    def gain(times: NDArray[np.int64]) -> Floats:
        difference: Floats = times @ gains / (times @ rows)
        return difference

    generator = np.random.default_rng(seed)
    as_large = 1
    for size in chunks(clusters, draws):
        signs = 1 - 2 * generator.integers(2, size=(size, clusters.count))
        as_large += int(np.sum(np.abs(signs @ gains) >= abs(gains.sum()) - 1e-9))
    p_value = as_large / (1 + draws)
    z = NormalDist().inv_cdf(1 - SIGNIFICANCE_LEVEL / 2) + NormalDist().inv_cdf(POWER)
    return PairedComparison(
        metric="accuracy",
        difference=clustered_score(gain, clusters, draws=draws, seed=seed),
        p_value=p_value,
        p_adjusted=p_value,
        method="randomization",
        n=len(labels),
        # As `smallest_difference`, where each row is a cluster.
        smallest_difference=min(1.0, z * math.sqrt(float(np.sum(gains**2)) + 1) / len(labels)),
    )


def compare_macro_f1_by_cluster(
    labels: IntArray, model: IntArray, baseline: IntArray, clusters: Clusters, *, draws: int = DRAWS, seed: int = 0
) -> PairedComparison:
    """Compare the macro-F1 of two classifiers; see `compare_accuracy_by_cluster`."""
    classes = 1 + int(max(labels.max(), model.max(), baseline.max()))
    one, other = (F1Statistic(labels, predicted, clusters, classes) for predicted in (model, baseline))

    def gain(times: NDArray[np.int64]) -> Floats:
        return macro_mean(one(times)) - macro_mean(other(times))

    observed = abs(float(gain(np.ones((1, clusters.count), dtype=np.int64))[0]))
    generator = np.random.default_rng(seed)
    as_large = 1
    for size in chunks(clusters, draws):
        kept = generator.integers(2, size=(size, clusters.count))
        exchanged = [_mixed(first, second, kept) for first, second in ((one, other), (other, one))]
        as_large += int(np.sum(np.abs(exchanged[0] - exchanged[1]) >= observed - 1e-12))
    p_value = as_large / (1 + draws)
    return PairedComparison(
        metric="macro_f1",
        difference=clustered_score(gain, clusters, draws=draws, seed=seed),
        p_value=p_value,
        p_adjusted=p_value,
        method="randomization",
        n=len(labels),
    )


def _mixed(first: F1Statistic, second: F1Statistic, kept: NDArray[np.int64]) -> Floats:
    """Return macro-F1 of the answers of the first for clusters that are kept, and of the second for the others."""
    with np.errstate(invalid="ignore", divide="ignore"):
        hits = kept @ first.hits + (1 - kept) @ second.hits
        return macro_mean(2 * hits / (kept @ first.either + (1 - kept) @ second.either))
