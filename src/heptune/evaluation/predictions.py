"""What is scored: true classes `[n]` and class probabilities `[n, C]`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from heptune.errors import InvalidInputError
from heptune.i18n import _

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.floating[Any]]

# Wide enough for a softmax in bfloat16, narrow enough to notice logits.
SUM_TOLERANCE = 0.01


def predicted_classes(probabilities: FloatArray) -> IntArray:
    """Return the most probable class of each row, int `[n]`; the first one wins a tie."""
    classes: IntArray = probabilities.argmax(axis=1)
    return classes


def has_nan(probabilities: FloatArray) -> bool:
    """Return whether any probability is not a number."""
    return bool(np.isnan(probabilities.min()))


def check_predictions(labels: IntArray, probabilities: FloatArray) -> None:
    """Refuse what cannot be scored; rows that hold NaN pass, for a diverged model is worth a NaN, not an error.

    Args:
        labels: True classes, int `[n]`, in 0..C-1.
        probabilities: `[n, C]`, each row summing to 1.

    Raises:
        InvalidInputError: the shapes do not fit, there is no row, or a row is not a distribution over the classes.
    """
    _check_shapes(labels, probabilities)
    _check_class_ids(labels, probabilities.shape[1])
    _check_distributions(probabilities)


def _check_shapes(labels: IntArray, probabilities: FloatArray) -> None:
    fits = labels.ndim == 1 and probabilities.ndim == 2 and len(labels) == len(probabilities)
    if fits and probabilities.size > 0:
        return
    raise InvalidInputError(
        _("The predictions cannot be scored: their shape does not fit the labels, or there is no row."),
        code="predictions_do_not_fit",
        expected=_("labels [n] and probabilities [n, C], with at least one row and one class"),
        found=_("labels {labels} and probabilities {rows}", labels=labels.shape, rows=probabilities.shape),
    )


def _check_class_ids(labels: IntArray, class_count: int) -> None:
    if np.issubdtype(labels.dtype, np.integer) and labels.min() >= 0 and labels.max() < class_count:
        return
    raise InvalidInputError(
        _("The labels are not the ids of the classes that the probabilities are for."),
        code="predictions_do_not_fit",
        expected=_("whole numbers from 0 to {last}", last=class_count - 1),
        found=_("{type} from {low} to {high}", type=labels.dtype, low=labels.min(), high=labels.max()),
    )


def _check_distributions(probabilities: FloatArray) -> None:
    with np.errstate(invalid="ignore"):
        sums = probabilities.sum(axis=1, dtype=np.float64)
        wrong = (np.abs(sums - 1) > SUM_TOLERANCE) | (probabilities.min(axis=1) < 0)
    if not wrong.any():
        return
    row = int(wrong.argmax())
    raise InvalidInputError(
        _("{count} of {n} rows do not hold probabilities.", count=int(wrong.sum()), n=len(wrong)),
        code="not_probabilities",
        where=_("row {row} (from 0)", row=row),
        expected=_("no negative number, and a sum of 1"),
        found=_("lowest {low}, sum {sum}", low=probabilities[row].min(), sum=sums[row]),
    )
