import math

import numpy as np
import pytest
from sklearn import metrics as oracle

from heptune.errors import InvalidInputError, UsageError
from heptune.evaluation.metrics import METRICS, find_metric, is_better


def example(rows=200, classes=4, seed=0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(classes, size=rows)
    logits = generator.normal(size=(rows, classes)) + 2 * np.eye(classes)[labels]
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def one_hot(predictions, classes):
    return np.eye(classes)[predictions]


def test_accuracy_equals_scikit_learn():
    labels, probabilities = example()
    expected = oracle.accuracy_score(labels, probabilities.argmax(axis=1))
    assert METRICS["accuracy"].compute(labels, probabilities) == expected


def test_log_loss_equals_scikit_learn_also_where_a_probability_is_zero():
    labels, probabilities = example()
    probabilities[0] = one_hot((labels[0] + 1) % 4, 4)
    probabilities[1] = one_hot(labels[1], 4)
    expected = oracle.log_loss(labels, probabilities, labels=range(4))
    assert METRICS["log_loss"].compute(labels, probabilities) == pytest.approx(expected, rel=1e-12)


def test_log_loss_does_not_depend_on_how_a_zero_is_stored():
    labels = np.array([0, 1])
    probabilities = np.array([[0.0, 1.0], [0.25, 0.75]])
    log_loss = METRICS["log_loss"].compute
    assert log_loss(labels, probabilities) == log_loss(labels, probabilities.astype(np.float32))


def test_macro_f1_leaves_out_a_class_without_row_and_prediction():
    labels, predictions = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    expected = oracle.f1_score(labels, predictions, labels=[0, 1], average="macro", zero_division=0)
    assert METRICS["macro_f1"].compute(labels, one_hot(predictions, 3)) == pytest.approx(expected)


def test_macro_f1_counts_a_class_that_is_only_predicted_as_zero():
    labels, predictions = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    expected = oracle.f1_score(labels, predictions, labels=[0, 1, 2], average="macro", zero_division=0)
    assert METRICS["macro_f1"].compute(labels, one_hot(predictions, 3)) == pytest.approx(expected)


def test_the_first_of_two_equal_probabilities_wins():
    probabilities = np.array([[0.4, 0.4, 0.2]])
    assert METRICS["accuracy"].compute(np.array([0]), probabilities) == 1
    assert METRICS["accuracy"].compute(np.array([1]), probabilities) == 0


def test_narrow_label_types_do_not_overflow():
    labels = np.arange(100, dtype=np.int8)
    assert METRICS["macro_f1"].compute(labels, np.eye(100)) == 1


@pytest.mark.parametrize("name", METRICS)
def test_a_probability_that_is_no_number_makes_every_metric_nan(name):
    labels, probabilities = example()
    probabilities[3] = math.nan
    assert math.isnan(METRICS[name].compute(labels, probabilities))


@pytest.mark.parametrize("name", METRICS)
def test_perfect_predictions_reach_the_best_value(name):
    labels = np.array([0, 1, 2, 1])
    best = 1 if METRICS[name].direction == "maximize" else 0
    assert METRICS[name].compute(labels, np.eye(3)[labels]) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize(
    ("labels", "probabilities", "code"),
    [
        (np.array([0, 1]), np.array([[1.0, 0.0]]), "predictions_do_not_fit"),
        (np.array([0]), np.array([0.5]), "predictions_do_not_fit"),
        (np.array([], dtype=int), np.empty((0, 2)), "predictions_do_not_fit"),
        (np.array([2]), np.array([[0.5, 0.5]]), "predictions_do_not_fit"),
        (np.array([-1]), np.array([[0.5, 0.5]]), "predictions_do_not_fit"),
        (np.array([0.0]), np.array([[0.5, 0.5]]), "predictions_do_not_fit"),
        (np.array([0]), np.array([[3.0, -2.0]]), "not_probabilities"),
        (np.array([0]), np.array([[0.5, 0.9]]), "not_probabilities"),
        (np.array([0]), np.array([[math.inf, -math.inf]]), "not_probabilities"),
    ],
)
def test_what_cannot_be_scored_is_refused(labels, probabilities, code):
    with pytest.raises(InvalidInputError) as caught:
        METRICS["accuracy"].compute(labels, probabilities)
    assert caught.value.code == code
    assert caught.value.expected
    assert caught.value.found


def test_every_metric_states_its_direction_and_meaning():
    directions = {name: metric.direction for name, metric in METRICS.items()}
    assert directions == {
        "accuracy": "maximize",
        "macro_f1": "maximize",
        "log_loss": "minimize",
        "ece": "minimize",
    }
    assert all(find_metric(name).description for name in METRICS)


@pytest.mark.parametrize(
    ("name", "nearest"), [("f1_macro", "macro_f1"), ("Accuracy", "accuracy"), ("loss", "log_loss"), ("f1", "macro_f1")]
)
def test_an_unknown_metric_is_refused_with_the_list_and_the_nearest(name, nearest):
    with pytest.raises(UsageError) as caught:
        find_metric(name, where="evaluation.metric")
    error = caught.value
    assert (error.code, error.where, error.found) == ("unknown_metric", "evaluation.metric", name)
    assert all(known in error.expected for known in METRICS)
    assert nearest in error.remedy


def test_a_metric_like_no_other_gets_no_guess():
    with pytest.raises(UsageError) as caught:
        find_metric("xyz")
    assert caught.value.remedy == ""


@pytest.mark.parametrize(
    ("name", "new", "old", "better"),
    [
        ("accuracy", 0.8, 0.7, True),
        ("accuracy", 0.7, 0.8, False),
        ("log_loss", 0.7, 0.8, True),
        ("ece", 0.8, 0.7, False),
        ("accuracy", 0.7, 0.7, False),
        ("log_loss", 0.7, 0.7, False),
        ("log_loss", math.nan, 0.7, False),
        ("accuracy", math.nan, math.nan, False),
        ("log_loss", 0.7, math.nan, True),
    ],
)
def test_better_follows_the_direction_and_nan_is_never_better(name, new, old, better):
    assert is_better(METRICS[name], new, old) is better
