import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as oracle_confusion
from sklearn.metrics import precision_recall_fscore_support

from heptune.evaluation.confusion import class_rates, confusion_matrix


def test_confusion_and_rates_equal_scikit_learn():
    generator = np.random.default_rng(0)
    labels, predictions = generator.integers(5, size=(2, 300))
    confusion = confusion_matrix(labels, predictions, 5)
    assert np.array_equal(confusion, oracle_confusion(labels, predictions, labels=range(5)))
    rates = class_rates(confusion)
    expected = precision_recall_fscore_support(labels, predictions, labels=range(5))
    for found, wanted in zip((rates.precision, rates.recall, rates.f1, rates.support), expected, strict=True):
        assert found == pytest.approx(wanted)


def test_rows_are_true_classes_and_columns_predicted_ones():
    assert confusion_matrix(np.array([0, 0]), np.array([1, 2]), 3).tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]


def test_undefined_rates_are_nan():
    rates = class_rates(np.array([[2, 0, 1], [1, 0, 0], [0, 0, 0]]))
    assert np.isnan(rates.precision).tolist() == [False, True, False]
    assert np.isnan(rates.recall).tolist() == [False, False, True]
    assert rates.f1.tolist() == [pytest.approx(2 / 3), 0, 0]
