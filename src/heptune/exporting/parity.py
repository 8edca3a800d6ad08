"""Whether two classifiers answer alike, and whether that is alike enough."""

import numpy as np
import numpy.typing as npt

from heptune.evaluation.intervals import wilson
from heptune.evaluation.predictions import IntArray
from heptune.evaluation.significance import compare_accuracy
from heptune.i18n import Sentence, _
from heptune.schemas.export import ExportTarget, ParityFigures

# With int8 classes may change places where they are as close as this.
INT8_MARGIN = 0.1
# Sums of 0.1 and the like are not quite what they are written as.
_ROUNDING = 1e-9


def compare_answers(
    original: npt.NDArray[np.float64],
    exported: npt.NDArray[np.float64],
    *,
    margin: float,
    labels: IntArray | None = None,
) -> ParityFigures:
    """Return how two sets of probabilities `[n, C]` of the same texts differ.

    A text that only one of the two answers counts as a flip, with a difference of 1.

    Args:
        original: nan for a text without an answer.
        exported: Likewise.
        margin: A flip counts as beyond it where the two highest scores of the original differ by more.
        labels: Right classes, int `[n]`; None where they are not known.
    """
    unanswered = [_unanswered(original), _unanswered(exported)]
    one_sided = unanswered[0] ^ unanswered[1]
    before, after = (np.nan_to_num(one, nan=0.0) for one in (original, exported))
    differences = np.where(one_sided[:, None], 1.0, np.abs(before - after))
    flipped = one_sided | (before.argmax(axis=1) != after.argmax(axis=1))
    top = np.sort(before, axis=1)[:, ::-1]
    far = one_sided | (top[:, 0] - top[:, 1] > margin)
    figures = ParityFigures(
        rows=len(before),
        flips=int(flipped.sum()),
        flip_share=wilson(int(flipped.sum()), len(before)),
        flips_beyond=int((flipped & far).sum()),
        largest_difference=float(differences.max(initial=0.0)),
        mean_difference=float(differences.mean()) if differences.size else 0.0,
    )
    return figures if labels is None or not len(labels) else _with_accuracy(figures, labels, before, after, unanswered)


def faults_of(
    target: ExportTarget, figures: ParityFigures, *, max_difference: float, max_accuracy_loss: float
) -> list[Sentence]:
    """Return what is outside of the tolerance; nothing where the two agree.

    Args:
        target: fp32 is held to each score, int8 to its labels.
        figures: How the two differ.
        max_difference: Largest difference of a probability in fp32.
        max_accuracy_loss: Most points of accuracy that int8 may lose.
    """
    faults = []
    if target == "onnx":
        if figures.largest_difference > max_difference:
            difference = figures.largest_difference
            faults.append(_("a score differs by {difference:.2g}", difference=difference))
        if figures.flips_beyond:
            count, rows = figures.flips_beyond, figures.rows
            faults.append(_("{count} of {rows} labels changed that were not close", count=count, rows=rows))
    elif figures.accuracy_difference is None:
        if figures.flips_beyond:
            count, rows = figures.flips_beyond, figures.rows
            faults.append(_("{count} of {rows} labels changed that were not close", count=count, rows=rows))
    elif 100 * figures.accuracy_difference.value < -max_accuracy_loss - _ROUNDING:
        points = -100 * figures.accuracy_difference.value
        faults.append(_("accuracy is {points:.2f} points lower on {rows} rows", points=points, rows=figures.rows))
    return faults


def _unanswered(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isnan(probabilities).any(axis=1))


def _with_accuracy(
    figures: ParityFigures,
    labels: IntArray,
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    unanswered: list[npt.NDArray[np.bool_]],
) -> ParityFigures:
    """Add accuracies; a text without an answer is a mistake, as in a run's scores."""
    nothing = before.shape[1]
    predicted = [
        np.where(missing, nothing, one.argmax(axis=1)) for one, missing in zip((before, after), unanswered, strict=True)
    ]
    difference = compare_accuracy(labels, predicted[1], predicted[0]).difference
    return figures.model_copy(
        update={
            "original_accuracy": float((predicted[0] == labels).mean()),
            "exported_accuracy": float((predicted[1] == labels).mean()),
            "accuracy_difference": difference,
        }
    )
