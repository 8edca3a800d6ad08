import json
import math
import subprocess
import sys

import numpy as np
import pytest

from heptune.errors import InvalidInputError
from heptune.evaluation.metrics import METRICS
from heptune.evaluation.scoring import score_predictions
from heptune.schemas.scores import TestScores


def example(rows=120, classes=3, seed=0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(classes, size=rows)
    logits = generator.normal(size=(rows, classes)) + 1.5 * np.eye(classes)[labels]
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def numbers_in(value):
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, int | float) else []


def test_every_score_is_that_of_its_metric():
    labels, probabilities = example()
    scores = score_predictions(labels, probabilities, ["a", "b", "c"])
    for name, metric in METRICS.items():
        assert scores.score(name).value == pytest.approx(metric.compute(labels, probabilities))
        assert scores.score(name).method == metric.interval


def test_the_draws_move_the_intervals_of_the_bootstrap_only():
    labels, probabilities = example()
    few, many = (score_predictions(labels, probabilities, ["a", "b", "c"], draws=draws) for draws in (20, 2_000))
    for name, metric in METRICS.items():
        assert (few.score(name) != many.score(name)) is (metric.interval == "bootstrap")


def test_classes_keep_their_names_order_and_counts():
    labels, probabilities = example()
    scores = score_predictions(labels, probabilities, ["b", "NA", "高兴"])
    assert [one.label for one in scores.per_class] == ["b", "NA", "高兴"]
    assert [one.support for one in scores.per_class] == np.bincount(labels).tolist()
    assert [sum(row) for row in scores.confusion] == np.bincount(labels).tolist()
    assert scores.n == 120


def test_a_class_below_thirty_rows_is_said_to_be_too_small():
    labels = np.repeat([0, 1], [30, 29])
    scores = score_predictions(labels, np.eye(2)[labels], ["enough", "few"])
    assert [one.too_few for one in scores.per_class] == [False, True]


def test_a_class_without_test_rows_breaks_nothing():
    labels, predictions = np.array([0, 0, 1, 1]), np.array([0, 2, 0, 0])
    scores = score_predictions(labels, np.eye(4)[predictions], ["a", "never_predicted", "no_rows", "neither"])
    a, never_predicted, no_rows, neither = scores.per_class
    assert a.f1.value == pytest.approx(0.4)
    assert (never_predicted.precision.value, never_predicted.precision.low) == (0, None)
    assert never_predicted.recall.method == "wilson"
    assert (no_rows.recall.value, no_rows.recall.low, no_rows.f1.low) == (0, None, None)
    assert no_rows.precision.high < 1
    assert {score.method for score in (neither.precision, neither.recall, neither.f1)} == {None}
    assert neither.too_few
    assert scores.macro_f1.value == pytest.approx(0.4 / 3)


def test_scores_travel_as_json_of_finite_numbers():
    labels, probabilities = example()
    probabilities[:, 2] = 0
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    scores = score_predictions(labels, probabilities, ["a", "b", "c"])
    text = scores.model_dump_json()
    assert TestScores.model_validate_json(text) == scores
    numbers = numbers_in(json.loads(text))
    assert len(numbers) > 30
    assert all(math.isfinite(number) for number in numbers)


def test_the_seed_moves_intervals_only():
    labels, probabilities = example()
    one, same, other = (score_predictions(labels, probabilities, "abc", seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.macro_f1.low != other.macro_f1.low
    assert one.log_loss.low != other.log_loss.low
    assert one.macro_f1.value == other.macro_f1.value


def test_one_row_can_be_scored():
    scores = score_predictions(np.array([1]), np.array([[0.3, 0.7]], dtype=np.float32), ["a", "b"])
    assert scores.accuracy.value == scores.macro_f1.value == 1
    assert scores.macro_f1.low < 0.5


def test_a_prediction_that_is_no_number_is_an_error_that_names_the_row():
    labels, probabilities = example()
    probabilities[[7, 9]] = math.nan
    with pytest.raises(InvalidInputError) as caught:
        score_predictions(labels, probabilities, ["a", "b", "c"])
    assert caught.value.code == "not_a_number"
    assert "2" in caught.value.message
    assert "7" in caught.value.where


def test_names_must_be_as_many_as_classes():
    with pytest.raises(InvalidInputError) as caught:
        score_predictions(*example(), ["a", "b"])
    assert caught.value.code == "predictions_do_not_fit"


def test_heavy_libraries_are_not_imported_before_they_are_used():
    modules = ("scoring", "significance", "requirement")
    code = "import sys; " + "; ".join(f"import heptune.evaluation.{module}" for module in modules)
    code += "; print(sorted({'scipy', 'sklearn', 'torch'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
