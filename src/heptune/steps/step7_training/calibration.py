"""Making probabilities honest: a temperature from rows that nothing was learnt from, folded into the last layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heptune.evaluation.calibration import brier_score, expected_calibration_error, reliability_bins
from heptune.evaluation.metrics import log_loss
from heptune.evaluation.predictions import FloatArray, IntArray
from heptune.evaluation.temperature import fit_temperature, is_needed, with_temperature
from heptune.i18n import Sentence, _
from heptune.methods.method import Method
from heptune.schemas.calibration import CalibrationReport, CalibrationScores, ReliabilityBin

# With fewer rows the temperature is as likely to do harm as good.
FEWEST_ROWS = 30


@dataclass(frozen=True, slots=True)
class FoldedTemperature:
    """What was done to the last layer.

    Attributes:
        temperature: None where nothing was done.
        rows: Rows that it was fitted on.
        reason: Why nothing was done.
        before: Scores of the test rows without it, where their answers have temperatures of other rows in them; None
            where taking away the one temperature gives them.
    """

    temperature: float | None
    rows: int
    reason: Sentence | None = None
    before: CalibrationScores | None = None


def fold_temperature(method: Method, labels: IntArray, probabilities: FloatArray) -> FoldedTemperature:
    """Fit a temperature on rows that nothing was learnt from and fold it into the method's last layer.

    Args:
        method: Fitted.
        labels: True classes of the rows kept aside for calibration, or of those judged out of fold `[n]`.
        probabilities: What the method, or the models of the folds, give them `[n, C]`; nan for a row without an answer.
    """
    count = len(labels)
    if count < FEWEST_ROWS:
        return FoldedTemperature(
            None, count, _("there are {count} rows to calibrate by; it takes {fewest}", count=count, fewest=FEWEST_ROWS)
        )
    answered = ~np.isnan(probabilities).any(axis=1)
    labels, probabilities = labels[answered], probabilities[answered]
    temperature = fit_temperature(labels, probabilities)
    if not is_needed(labels, probabilities, temperature):
        return FoldedTemperature(
            None, count, _("the {count} rows to calibrate by show no need to change them", count=count)
        )
    reason = method.fold_temperature(temperature)
    return FoldedTemperature(temperature if reason is None else None, count, reason)


def cross_fitted(labels: IntArray, probabilities: FloatArray, fold_of_row: IntArray) -> FloatArray:
    """Return probabilities with temperatures of which none was fitted on the rows that it changes.

    Args:
        labels: True classes `[n]`.
        probabilities: Answers out of fold `[n, C]`; nan for a row without one.
        fold_of_row: Fold of each row `[n]`.
    """
    answered = ~np.isnan(probabilities).any(axis=1)
    changed = np.array(probabilities, dtype=np.float64)
    for fold in np.unique(fold_of_row):
        others, own = answered & (fold_of_row != fold), answered & (fold_of_row == fold)
        if others.any() and own.any():
            changed[own] = with_temperature(probabilities[own], fit_temperature(labels[others], probabilities[others]))
    return changed


def calibration_report(
    folded: FoldedTemperature, labels: IntArray, repetitions: Sequence[FloatArray]
) -> CalibrationReport:
    """Return how honest the probabilities of the test rows are, and how honest they were.

    Args:
        folded: What was done to the last layer.
        labels: True classes of the test rows `[n]`.
        repetitions: Their probabilities `[n, C]`, once or several times over; scores are means, bins of the first time.
    """
    undone = 1 / folded.temperature if folded.temperature else 1.0
    grouped = reliability_bins(labels, repetitions[0])
    filled = np.flatnonzero(grouped.rows)
    return CalibrationReport(
        temperature=None if folded.temperature is None else round(folded.temperature, 6),
        rows=folded.rows,
        reason=folded.reason,
        out_of_fold=folded.before is not None,
        before=folded.before or calibration_scores(labels, [with_temperature(one, undone) for one in repetitions]),
        after=calibration_scores(labels, repetitions),
        bins=tuple(
            ReliabilityBin(
                rows=int(grouped.rows[number]),
                confidence=round(float(grouped.confidence[number] / grouped.rows[number]), 6),
                accuracy=round(float(grouped.correct[number] / grouped.rows[number]), 6),
            )
            for number in filled
        ),
    )


def calibration_scores(labels: IntArray, repetitions: Sequence[FloatArray]) -> CalibrationScores:
    """Return how far probabilities `[n, C]` are from what happens, in the mean over repetitions."""
    functions = {"log_loss": log_loss, "brier": brier_score, "ece": expected_calibration_error}
    means = {name: float(np.mean([score(labels, one) for one in repetitions])) for name, score in functions.items()}
    return CalibrationScores(**{name: round(mean, 6) for name, mean in means.items()})
