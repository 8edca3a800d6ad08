"""All scores of one classifier on test rows that come in clusters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.calibration import expected_calibration_error
from heptune.evaluation.clusters import Clusters, Floats, clustered_score, clustered_share, drawn_figures
from heptune.evaluation.confusion import confusion_matrix, macro_mean
from heptune.evaluation.intervals import DRAWS, percentile_score
from heptune.evaluation.metrics import row_losses
from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes
from heptune.evaluation.scoring import FEW_ROWS
from heptune.schemas.score import Score
from heptune.schemas.scores import ClassScores, TestScores


def score_clusters(
    labels: IntArray,
    probabilities: FloatArray,
    class_names: Sequence[str],
    clusters: Clusters,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> TestScores:
    """Score the test rows; values are those of `score_predictions`, which checks its input too, the intervals are not.

    Args:
        labels: True classes, int `[n]`.
        probabilities: `[n, C]`.
        class_names: The `C` classes as the user wrote them.
        clusters: Of the rows.
        draws: Bootstrap draws, of whole clusters.
        seed: Of the draws.
    """
    predicted, everything = predicted_classes(probabilities), np.ones(len(labels), dtype=bool)
    right = predicted == labels
    rows, losses = clusters.sums(everything), clusters.sums(row_losses(labels, probabilities))
    f1 = F1Statistic(labels, predicted, clusters, len(class_names))
    drawn = drawn_figures(f1, clusters, draws=draws, seed=seed)
    of_all = f1(np.ones((1, clusters.count), dtype=np.int64))[0]
    accuracy, macro = clustered_share(right, everything, clusters), float(macro_mean(of_all))
    return TestScores(
        n=len(labels),
        accuracy=accuracy,
        # All is right, or nothing: the draws do not vary, as if the rows left no doubt.
        macro_f1=accuracy if macro in (0.0, 1.0) else percentile_score(macro, macro_mean(drawn)),
        log_loss=clustered_score(lambda times: times @ losses / (times @ rows), clusters, draws=draws, seed=seed),
        ece=Score(value=expected_calibration_error(labels, probabilities)),
        per_class=tuple(
            _score_class(name, number, labels, predicted, clusters, drawn[:, number], float(of_all[number]))
            for number, name in enumerate(class_names)
        ),
        confusion=tuple(map(tuple, confusion_matrix(labels, predicted, len(class_names)).tolist())),
    )


class F1Statistic:
    """F1 of each class for draws of clusters `[draws, C]`; NaN where a class has neither a row nor a prediction.

    Args:
        labels: True classes `[n]`.
        predicted: Predicted ones `[n]`.
        clusters: Of the rows.
        class_count: C.
    """

    def __init__(self, labels: IntArray, predicted: IntArray, clusters: Clusters, class_count: int) -> None:
        everything = np.ones(len(labels), dtype=bool)
        self.hits = clusters.counts(labels, predicted == labels, class_count)
        self.either = clusters.counts(labels, everything, class_count)
        self.either = self.either + clusters.counts(predicted, everything, class_count)

    def __call__(self, times: NDArray[np.int64]) -> Floats:
        """Return F1 for how often each cluster is drawn, `[draws, k]`."""
        with np.errstate(invalid="ignore", divide="ignore"):
            f1: Floats = 2 * (times @ self.hits) / (times @ self.either)
        return f1


def _score_class(
    name: str,
    number: int,
    labels: IntArray,
    predicted: IntArray,
    clusters: Clusters,
    drawn: Floats,
    f1: float,
) -> ClassScores:
    of_class, named = labels == number, predicted == number
    support = int(of_class.sum())
    recall = clustered_share(named, of_class, clusters)
    known = drawn[np.isfinite(drawn)]
    if support == 0:
        score = Score(value=0.0)
    elif f1 in (0.0, 1.0) or not len(known):  # the draws do not vary, as if the rows left no doubt
        score = recall
    else:
        score = percentile_score(f1, known)
    return ClassScores(
        label=name,
        support=support,
        precision=clustered_share(of_class, named, clusters),
        recall=recall,
        f1=score,
        too_few=support < FEW_ROWS,
    )
