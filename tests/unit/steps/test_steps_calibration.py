"""Step 7's temperature: from rows that nothing was learnt from, into the last layer, and what is said of it."""

import numpy as np
import pytest

from heptune.evaluation.metrics import log_loss
from heptune.evaluation.temperature import fit_temperature, with_temperature
from heptune.i18n import _
from heptune.steps.step7_training.calibration import calibration_report, cross_fitted, fold_temperature


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

    def answers(self, count, start=0):
        """Labels of some rows, and what the method gives them."""
        return self.labels[start : start + count], self.predict_proba([str(row) for row in range(start, start + count)])


def test_an_overconfident_method_becomes_honest():
    method = Overconfident()
    folded = fold_temperature(method, *method.answers(1_000))
    assert folded.temperature == pytest.approx(3, rel=0.2)
    assert folded.rows == 1_000
    labels, probabilities = method.labels[1:], method.predict_proba([str(row) for row in range(1, 1_000)])
    report = calibration_report(folded, labels, [probabilities])
    assert report.reason is None
    assert report.after.log_loss < report.before.log_loss - 0.2
    assert report.after.ece < report.before.ece / 3
    assert report.after.brier < report.before.brier
    assert report.before.log_loss == pytest.approx(log_loss(labels, with_temperature(method.true[1:], 1 / 3)), abs=1e-4)


def test_the_bins_hold_all_rows_by_rising_confidence():
    method = Overconfident()
    probabilities = method.true
    report = calibration_report(fold_temperature(method, *method.answers(0)), method.labels, [probabilities])
    assert sum(one.rows for one in report.bins) == 1_000
    assert [one.confidence for one in report.bins] == sorted(one.confidence for one in report.bins)
    assert sum(one.rows * one.accuracy for one in report.bins) == pytest.approx(
        np.sum(probabilities.argmax(axis=1) == method.labels), abs=1e-3
    )
    ece = sum(one.rows * abs(one.accuracy - one.confidence) for one in report.bins) / 1_000
    assert ece == pytest.approx(report.after.ece, abs=1e-5)


@pytest.mark.parametrize("rows", [0, 29])
def test_with_few_rows_nothing_is_done_and_it_is_said_why(rows):
    method = Overconfident()
    folded = fold_temperature(method, *method.answers(rows))
    assert (folded.temperature, method.temperature) == (None, 1.0)
    assert folded.reason == f"there are {rows} rows to calibrate by; it takes 30"
    report = calibration_report(folded, method.labels, [method.true])
    assert report.before == report.after


def test_where_the_rows_show_no_need_nothing_is_done():
    """A temperature from few rows is off by chance: of methods that are honest hardly any is changed."""
    changed = 0
    for start in range(0, 900, 50):
        method = Overconfident()
        method.temperature = 3.0  # it is honest
        folded = fold_temperature(method, *method.answers(50, start))
        changed += folded.temperature is not None
        if folded.temperature is None:
            assert folded.reason == "the 50 rows to calibrate by show no need to change them"
            assert method.temperature == 3.0
    assert changed <= 3


def test_a_method_that_cannot_says_why():
    method = Overconfident(refuses=_("this network has no linear last layer"))
    folded = fold_temperature(method, *method.answers(100))
    assert (folded.temperature, folded.reason) == (None, "this network has no linear last layer")


def test_no_row_is_changed_by_a_temperature_that_was_fitted_on_it():
    method = Overconfident()
    labels, probabilities = method.answers(1_000)
    folds = np.arange(1_000) % 5
    changed = cross_fitted(labels, probabilities, folds)
    for fold in range(5):
        others = (folds != fold) & ~np.isnan(probabilities).any(axis=1)
        temperature = fit_temperature(labels[others], probabilities[others])
        own = (folds == fold) & ~np.isnan(probabilities).any(axis=1)
        np.testing.assert_allclose(changed[own], with_temperature(probabilities[own], temperature))
    assert np.isnan(changed[0]).all()  # it had no answer


def test_rows_that_are_judged_twice_count_once():
    method = Overconfident()
    once = calibration_report(fold_temperature(method, *method.answers(0)), method.labels, [method.true])
    twice = calibration_report(
        fold_temperature(method, *method.answers(0)), method.labels, [method.true, method.true[:, ::-1]]
    )
    other = calibration_report(fold_temperature(method, *method.answers(0)), method.labels, [method.true[:, ::-1]])
    for name in ("log_loss", "brier", "ece"):
        mean = (getattr(once.after, name) + getattr(other.after, name)) / 2
        assert getattr(twice.after, name) == pytest.approx(mean, abs=2e-6)
    assert twice.bins == once.bins
