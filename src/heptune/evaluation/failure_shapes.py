"""Ways to fail that a single score hides."""

from collections.abc import Sequence

import numpy as np

from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes
from heptune.i18n import _
from heptune.schemas.failures import FailureShape

# Probabilities whose spread over the rows is smaller depend on nothing in the texts.
LEAST_SPREAD = 0.01
# A class with fewer rows may go unnamed by chance.
FEWEST_ROWS = 10
CLASSES_SHOWN = 5


def failure_shapes(labels: IntArray, probabilities: FloatArray, class_names: Sequence[str]) -> tuple[FailureShape, ...]:
    """Return the shapes that the predictions have.

    Args:
        labels: True classes, int `[n]`.
        probabilities: `[n, C]`.
        class_names: In class order.
    """
    if probabilities.std(axis=0).max() < LEAST_SPREAD:
        message = _("The scores hardly move from text to text: nothing was learnt.")
        return (FailureShape(name="scores_that_do_not_move", message=message),)
    counts = np.bincount(predicted_classes(probabilities), minlength=len(class_names))
    if np.count_nonzero(counts) == 1:
        name = class_names[int(counts.argmax())]
        message = _("Every text gets the same label, {label}: nothing of use was learnt.", label=name)
        return (FailureShape(name="one_class_for_everything", message=message),)
    support = np.bincount(labels, minlength=len(class_names))
    never = [class_names[number] for number in np.flatnonzero((counts == 0) & (support >= FEWEST_ROWS)).tolist()]
    if not never:
        return ()
    shown = ", ".join(never[:CLASSES_SHOWN]) + (", …" if len(never) > CLASSES_SHOWN else "")
    message = _("Never predicted, though there are such rows: {labels}.", labels=shown)
    return (FailureShape(name="class_never_predicted", message=message),)
