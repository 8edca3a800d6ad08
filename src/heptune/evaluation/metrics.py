"""The metrics by name: what each means, and which direction is better."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heptune.errors import UsageError
from heptune.evaluation.calibration import expected_calibration_error
from heptune.evaluation.confusion import class_rates, confusion_matrix, macro_mean
from heptune.evaluation.predictions import FloatArray, IntArray, check_predictions, has_nan, predicted_classes
from heptune.i18n import _
from heptune.schemas.score import IntervalMethod

Direction = Literal["maximize", "minimize"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to say how good predictions are.

    Attributes:
        name: As users write it.
        direction: Whether higher or lower values are better.
        upper_bound: The highest possible value; the lowest is 0.
        interval: How its 95 % interval is computed; None for a metric without one.
        describe: Gives the meaning in one phrase, in the user's language.
        function: Computes the value from labels int `[n]` and probabilities `[n, C]` that have been checked.
    """

    name: str
    direction: Direction
    upper_bound: float
    interval: IntervalMethod | None
    describe: Callable[[], str]
    function: Callable[[IntArray, FloatArray], float]

    @property
    def description(self) -> str:
        """The meaning in one phrase, in the user's language."""
        return self.describe()

    def compute(self, labels: IntArray, probabilities: FloatArray) -> float:
        """Score the rows; NaN if any probability is NaN, for such a row has no prediction.

        Args:
            labels: True classes, int `[n]`.
            probabilities: `[n, C]`.

        Raises:
            InvalidInputError: labels and probabilities do not fit each other.
        """
        check_predictions(labels, probabilities)
        return math.nan if has_nan(probabilities) else self.function(labels, probabilities)


def accuracy(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the share of rows whose most probable class is the true one."""
    return float(np.mean(predicted_classes(probabilities) == labels))


def macro_f1(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean F1 of the classes that have a row or a prediction (see `macro_mean`)."""
    confusion = confusion_matrix(labels, predicted_classes(probabilities), probabilities.shape[1])
    return float(macro_mean(class_rates(confusion).f1))


def row_losses(labels: IntArray, probabilities: FloatArray) -> NDArray[np.float64]:
    """Return -ln of the probability of the true class of each row, in nats, `[n]`.

    Probabilities are clipped to [eps, 1 - eps] with the eps of float64 whatever their type, so that a loss is at most
    36.04 and does not depend on how the probabilities were stored.
    """
    of_true_class = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    eps = np.finfo(np.float64).eps
    losses: NDArray[np.float64] = -np.log(np.clip(of_true_class, eps, 1 - eps))
    return losses


def log_loss(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean of `row_losses`, equal to scikit-learn's `log_loss` of float64 probabilities."""
    return float(row_losses(labels, probabilities).mean())


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "maximize", 1.0, "wilson", lambda: _("share of rows classified rightly"), accuracy),
        Metric(
            "macro_f1",
            "maximize",
            1.0,
            "bootstrap",
            lambda: _("mean F1 of the classes, each counting the same"),
            macro_f1,
        ),
        Metric(
            "log_loss",
            "minimize",
            math.inf,
            "bootstrap",
            lambda: _("mean -ln of the true class's probability"),
            log_loss,
        ),
        Metric(
            "ece",
            "minimize",
            1.0,
            None,
            lambda: _("mean gap between the highest probability and how often it is right"),
            expected_calibration_error,
        ),
    )
}


def find_metric(name: str, *, where: str = "") -> Metric:
    """Return the metric of that name.

    Args:
        name: As the user wrote it.
        where: The setting that it was written in, for the error.

    Raises:
        UsageError: there is none (code `unknown_metric`).
    """
    if name in METRICS:
        return METRICS[name]
    nearest = get_close_matches(name.lower(), METRICS, n=1, cutoff=0.4)
    raise UsageError(
        _("There is no metric named {name}.", name=repr(name)),
        code="unknown_metric",
        where=where,
        expected=_("one of {names}", names=", ".join(METRICS)),
        found=name,
        remedy=_("Did you mean {nearest}?", nearest=nearest[0]) if nearest else "",
    )


def is_better(metric: Metric, new: float, old: float) -> bool:
    """Return whether `new` is strictly better than `old`; NaN is never better, and every number is better than NaN."""
    if math.isnan(new) or math.isnan(old):
        return math.isnan(old) and not math.isnan(new)
    return new > old if metric.direction == "maximize" else new < old
