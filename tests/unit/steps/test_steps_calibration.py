"""Step 7's temperature: from rows that nothing was learnt from, into the last layer, and what is said of it."""

import numpy as np
import pyarrow as pa
import pytest

from heptune.evaluation.metrics import log_loss
from heptune.evaluation.temperature import with_temperature
from heptune.i18n import _
from heptune.steps.step7_training.calibration import calibration_report, fold_temperature


class Overconfident:
    """A method whose class scores are three times as large as they should be; its texts are numbers of rows."""

    def __init__(self, *, refuses=None):
        generator = np.random.default_rng(0)
        logits = generator.normal(size=(1_000, 3))
        self.true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        self.labels = (self.true.cumsum(axis=1) > generator.random((1_000, 1))).argmax(axis=1)
        self.temperature = 1.0
        self.refuses = refuses

    def predict_proba(self, texts):
        told = with_temperature(self.true, self.temperature / 3)[[int(text) for text in texts]]
        told[[text.startswith("0") for text in texts]] = np.nan
        return told

    def fold_temperature(self, temperature):
        self.temperature *= 1 if self.refuses else temperature
        return self.refuses

    def rows(self, count):
        return pa.table({"text": [str(row) for row in range(count)], "label": self.labels[:count]})


def test_an_overconfident_method_becomes_honest():
    method = Overconfident()
    folded = fold_temperature(method, method.rows(1_000))
    assert folded.temperature == pytest.approx(3, rel=0.2)
    assert folded.rows == 1_000
    labels, probabilities = method.labels[1:], method.predict_proba([str(row) for row in range(1, 1_000)])
    report = calibration_report(folded, labels, probabilities)
    assert report.reason is None
    assert report.after.log_loss < report.before.log_loss - 0.2
    assert report.after.ece < report.before.ece / 3
    assert report.after.brier < report.before.brier
    assert report.before.log_loss == pytest.approx(log_loss(labels, with_temperature(method.true[1:], 1 / 3)), abs=1e-4)


def test_the_bins_hold_all_rows_by_rising_confidence():
    method = Overconfident()
    probabilities = method.true
    report = calibration_report(fold_temperature(method, None), method.labels, probabilities)
    assert sum(one.rows for one in report.bins) == 1_000
    assert [one.confidence for one in report.bins] == sorted(one.confidence for one in report.bins)
    assert sum(one.rows * one.accuracy for one in report.bins) == pytest.approx(
        np.sum(probabilities.argmax(axis=1) == method.labels), abs=1e-3
    )
    ece = sum(one.rows * abs(one.accuracy - one.confidence) for one in report.bins) / 1_000
    assert ece == pytest.approx(report.after.ece, abs=1e-5)


@pytest.mark.parametrize("rows", [None, 0, 29])
def test_with_few_rows_nothing_is_done_and_it_is_said_why(rows):
    method = Overconfident()
    folded = fold_temperature(method, None if rows is None else method.rows(rows))
    assert (folded.temperature, method.temperature) == (None, 1.0)
    assert folded.reason == f"{rows or 0} rows are kept aside for it; it takes 30"
    report = calibration_report(folded, method.labels, method.true)
    assert report.before == report.after


def test_where_the_rows_show_no_need_nothing_is_done():
    """A temperature from few rows is off by chance: of methods that are honest hardly any is changed."""
    changed = 0
    for start in range(0, 900, 50):
        method = Overconfident()
        method.temperature = 3.0  # it is honest
        rows = method.rows(1_000).slice(start, 50)
        folded = fold_temperature(method, rows)
        changed += folded.temperature is not None
        if folded.temperature is None:
            assert folded.reason == "the 50 rows kept aside show no need to change them"
            assert method.temperature == 3.0
    assert changed <= 3


def test_a_method_that_cannot_says_why():
    method = Overconfident(refuses=_("this network has no linear last layer"))
    folded = fold_temperature(method, method.rows(100))
    assert (folded.temperature, folded.reason) == (None, "this network has no linear last layer")
