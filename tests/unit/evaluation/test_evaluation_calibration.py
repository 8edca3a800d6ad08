import numpy as np
import pytest

from heptune.evaluation.calibration import expected_calibration_error, reliability_bins


def two_classes(confidence, correct):
    """Rows that predict class 0 with the given probability and are right where `correct`."""
    confidence = np.asarray(confidence, dtype=float)
    return np.where(correct, 0, 1), np.stack([confidence, 1 - confidence], axis=1)


def example(rows=500, seed=0):
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(0.5, 1, size=rows)
    return two_classes(confidence, generator.random(rows) < confidence**2)


def plain_error(confidence, correct, groups):
    gaps = [len(rows) * abs(confidence[rows].mean() - correct[rows].mean()) for rows in groups if len(rows)]
    return sum(gaps) / len(confidence)


def test_the_error_equals_a_plain_implementation():
    labels, probabilities = example(rows=600)
    confidence, correct = probabilities[:, 0], labels == 0
    groups = np.split(np.argsort(confidence), 15)
    assert expected_calibration_error(labels, probabilities) == pytest.approx(plain_error(confidence, correct, groups))


def test_bins_hold_the_same_number_of_rows():
    assert reliability_bins(*example(rows=600)).rows.tolist() == [40] * 15
    rows = reliability_bins(*example(rows=607)).rows
    assert rows.sum() == 607
    assert rows.max() - rows.min() <= 1


def test_equal_probabilities_share_a_bin_whatever_the_order():
    labels, probabilities = two_classes([0.75] * 40, [True] * 10 + [False] * 30)
    assert np.count_nonzero(reliability_bins(labels, probabilities).rows) == 1
    assert expected_calibration_error(labels, probabilities) == pytest.approx(0.5)


def test_fewer_rows_than_bins_work():
    assert expected_calibration_error(*two_classes([0.6, 0.9], [True, False])) == pytest.approx((0.4 + 0.9) / 2)


def test_one_row_works():
    assert expected_calibration_error(*two_classes([0.8], [True])) == pytest.approx(0.2)


def test_simulated_calibrated_predictions_have_a_small_error_and_boastful_ones_a_large_one():
    generator = np.random.default_rng(1)
    confidence = generator.uniform(0.5, 1, size=20_000)
    draw = generator.random(20_000)
    assert expected_calibration_error(*two_classes(confidence, draw < confidence)) < 0.02
    assert expected_calibration_error(*two_classes(confidence, draw < confidence - 0.1)) == pytest.approx(0.1, abs=0.02)
