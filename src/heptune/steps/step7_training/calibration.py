"""Making probabilities honest: a temperature from the rows kept aside, folded into the last layer."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

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
    """

    temperature: float | None
    rows: int
    reason: Sentence | None = None


def fold_temperature(method: Method, rows: pa.Table | None) -> FoldedTemperature:
    """Fit a temperature on rows that nothing was learnt from and fold it into the method's last layer.

    Args:
        method: Fitted.
        rows: Those kept aside for calibration; None where there are none.
    """
    if rows is None or len(rows) < FEWEST_ROWS:
        count = 0 if rows is None else len(rows)
        return FoldedTemperature(
            None, count, _("{count} rows are kept aside for it; it takes {fewest}", count=count, fewest=FEWEST_ROWS)
        )
    probabilities = method.predict_proba(rows["text"].to_pylist())
    answered = ~np.isnan(probabilities).any(axis=1)
    labels, probabilities = rows["label"].to_numpy()[answered], probabilities[answered]
    temperature = fit_temperature(labels, probabilities)
    if not is_needed(labels, probabilities, temperature):
        return FoldedTemperature(
            None, len(rows), _("the {count} rows kept aside show no need to change them", count=len(rows))
        )
    reason = method.fold_temperature(temperature)
    return FoldedTemperature(temperature if reason is None else None, len(rows), reason)


def calibration_report(folded: FoldedTemperature, labels: IntArray, probabilities: FloatArray) -> CalibrationReport:
    """Return how honest the probabilities `[n, C]` of the test rows are, and how honest they were."""
    before = with_temperature(probabilities, 1 / folded.temperature) if folded.temperature else probabilities
    grouped = reliability_bins(labels, probabilities)
    filled = np.flatnonzero(grouped.rows)
    return CalibrationReport(
        temperature=None if folded.temperature is None else round(folded.temperature, 6),
        rows=folded.rows,
        reason=folded.reason,
        before=_scores(labels, before),
        after=_scores(labels, probabilities),
        bins=tuple(
            ReliabilityBin(
                rows=int(grouped.rows[number]),
                confidence=round(float(grouped.confidence[number] / grouped.rows[number]), 6),
                accuracy=round(float(grouped.correct[number] / grouped.rows[number]), 6),
            )
            for number in filled
        ),
    )


def _scores(labels: IntArray, probabilities: FloatArray) -> CalibrationScores:
    return CalibrationScores(
        log_loss=round(log_loss(labels, probabilities), 6),
        brier=round(brier_score(labels, probabilities), 6),
        ece=round(expected_calibration_error(labels, probabilities), 6),
    )
