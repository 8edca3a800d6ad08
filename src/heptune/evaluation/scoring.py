"""All scores of one classifier on the test rows."""

from collections.abc import Sequence

import numpy as np

from heptune.errors import InvalidInputError
from heptune.evaluation.calibration import expected_calibration_error
from heptune.evaluation.confusion import ClassRates, class_rates, confusion_matrix
from heptune.evaluation.intervals import DRAWS, bootstrap_f1, bootstrap_mean, wilson
from heptune.evaluation.metrics import row_losses
from heptune.evaluation.predictions import FloatArray, IntArray, check_predictions, has_nan, predicted_classes
from heptune.i18n import _
from heptune.schemas.score import Score
from heptune.schemas.scores import ClassScores, TestScores

FEW_ROWS = 30


def score_predictions(
    labels: IntArray, probabilities: FloatArray, class_names: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> TestScores:
    """Score the test rows, each figure with its interval but the calibration error.

    Args:
        labels: True classes, int `[n]`.
        probabilities: `[n, C]`.
        class_names: The `C` classes as the user wrote them.
        draws: Bootstrap draws.
        seed: Of the draws.

    Raises:
        InvalidInputError: labels, probabilities and names do not fit each other, or a probability is NaN.
    """
    check_predictions(labels, probabilities)
    _check_names(class_names, probabilities)
    _check_numbers(probabilities)
    confusion = confusion_matrix(labels, predicted_classes(probabilities), len(class_names))
    f1 = bootstrap_f1(confusion, draws=draws, seed=seed)
    return TestScores(
        n=len(labels),
        accuracy=wilson(int(confusion.trace()), len(labels)),
        macro_f1=f1.macro,
        log_loss=bootstrap_mean(row_losses(labels, probabilities), labels, draws=draws, seed=seed),
        ece=Score(value=expected_calibration_error(labels, probabilities)),
        per_class=_score_classes(class_names, class_rates(confusion), f1.per_class),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def _score_classes(names: Sequence[str], rates: ClassRates, f1: Sequence[Score]) -> tuple[ClassScores, ...]:
    counts = zip(rates.support.tolist(), rates.predicted.tolist(), rates.hits.tolist(), strict=True)
    return tuple(
        ClassScores(
            label=name,
            support=support,
            precision=wilson(hits, predicted),
            recall=wilson(hits, support),
            f1=f1_score,
            too_few=support < FEW_ROWS,
        )
        for name, f1_score, (support, predicted, hits) in zip(names, f1, counts, strict=True)
    )


def _check_names(class_names: Sequence[str], probabilities: FloatArray) -> None:
    if len(class_names) == probabilities.shape[1]:
        return
    raise InvalidInputError(
        _("There are not as many class names as probabilities in a row."),
        code="predictions_do_not_fit",
        expected=_("{count} names", count=probabilities.shape[1]),
        found=_("{count} names", count=len(class_names)),
    )


def _check_numbers(probabilities: FloatArray) -> None:
    if not has_nan(probabilities):
        return
    rows = np.flatnonzero(np.isnan(probabilities.min(axis=1)))
    raise InvalidInputError(
        _("The model gives no number for {count} of {n} rows.", count=len(rows), n=len(probabilities)),
        code="not_a_number",
        where=_("row {row} (from 0)", row=int(rows[0])),
        expected=_("a probability for each class"),
        found="NaN",
        remedy=_("Train with a lower learning rate, or in fp32."),
    )
