"""Figures and comparisons with the intervals that fit the rows: each of them for itself, or in clusters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.clustered_scoring import score_clusters
from heptune.evaluation.clustered_significance import compare_accuracy_by_cluster, compare_macro_f1_by_cluster
from heptune.evaluation.clusters import Clusters, clustered_share
from heptune.evaluation.intervals import CONFIDENCE, DRAWS, wilson
from heptune.evaluation.predictions import FloatArray, IntArray
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import compare_accuracy, compare_macro_f1
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison, PairedMetric, TestScores


def share_score(
    hits: NDArray[np.bool_],
    taken: NDArray[np.bool_],
    clusters: Clusters | None,
    *,
    confidence: float = CONFIDENCE,
) -> Score:
    """Return the share of hits `[n]` among the rows that are taken `[n]`; see `wilson` and `clustered_share`."""
    if clusters is None:
        return wilson(int((hits & taken).sum()), int(taken.sum()), confidence=confidence)
    return clustered_share(hits, taken, clusters, confidence=confidence)


def score_rows(
    labels: IntArray,
    probabilities: FloatArray,
    class_names: Sequence[str],
    clusters: Clusters | None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> TestScores:
    """Score the test rows; see `score_predictions` and `score_clusters`."""
    if clusters is None:
        return score_predictions(labels, probabilities, class_names, draws=draws, seed=seed)
    return score_clusters(labels, probabilities, class_names, clusters, draws=draws, seed=seed)


def compare_rows(
    metric: PairedMetric,
    labels: IntArray,
    model: IntArray,
    other: IntArray,
    clusters: Clusters | None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> PairedComparison:
    """Compare two classifiers; see `compare_accuracy`, `compare_macro_f1` and the same by cluster."""
    answers = (labels, model, other)
    if clusters is None:
        compare = compare_accuracy if metric == "accuracy" else compare_macro_f1
        return compare(*answers, draws=draws, seed=seed)
    by_cluster = compare_accuracy_by_cluster if metric == "accuracy" else compare_macro_f1_by_cluster
    return by_cluster(*answers, clusters, draws=draws, seed=seed)
