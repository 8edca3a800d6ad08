"""Named ways to fail, and groups of rows on which a model is worse."""

import numpy as np
import pytest

from heptune.evaluation.failure_shapes import failure_shapes
from heptune.evaluation.intervals import wilson
from heptune.evaluation.slices import RowGroup, score_slices
from heptune.i18n import _

NAMES = ("bad", "so so", "good")


def drawn(rows=300, *, seed=0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(3, size=rows)
    logits = generator.normal(size=(rows, 3))
    logits[np.arange(rows), labels] += 2
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_a_model_that_works_has_none_of_the_shapes():
    assert failure_shapes(*drawn(), NAMES) == ()


def test_scores_that_do_not_move():
    labels, _probabilities = drawn()
    still = np.tile([0.3, 0.3, 0.4], (300, 1)) + np.random.default_rng(0).normal(scale=1e-4, size=(300, 3))
    assert [shape.name for shape in failure_shapes(labels, still, NAMES)] == ["scores_that_do_not_move"]


def test_one_class_for_everything():
    labels, probabilities = drawn()
    probabilities[:, 2] += 5
    (shape,) = failure_shapes(labels, probabilities / probabilities.sum(axis=1, keepdims=True), NAMES)
    assert (shape.name, "good" in shape.message) == ("one_class_for_everything", True)


def test_a_class_that_is_never_predicted_unless_it_is_rare():
    labels, probabilities = drawn()
    probabilities[:, 1] = 0
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    (shape,) = failure_shapes(labels, probabilities, NAMES)
    assert (shape.name, shape.message) == (
        "class_never_predicted",
        "Never predicted, though there are such rows: so so.",
    )
    kept = np.flatnonzero((labels != 1) | (np.cumsum(labels == 1) <= 9))
    assert failure_shapes(labels[kept], probabilities[kept], NAMES) == ()


def group(rows):
    return RowGroup("length", _("texts that are cut"), rows)


def test_a_group_on_which_the_model_is_worse_stands_out():
    generator = np.random.default_rng(0)
    rows = np.arange(600) < 200
    right = generator.random(600) < np.where(rows, 0.6, 0.85)
    worse, other = score_slices(right, [group(rows), group(np.arange(600) % 2 == 0)])
    assert worse.rows == 200
    assert worse.accuracy.value == pytest.approx(right[:200].mean())
    assert worse.rest.value == pytest.approx(right[200:].mean())
    assert worse.rest.low < worse.rest.value < worse.rest.high
    assert worse.p_value < 0.001
    assert other.p_value > 0.05
    alone = wilson(int(right[:200].sum()), 200)
    assert worse.accuracy.low < alone.low < alone.high < worse.accuracy.high  # they hold for both groups together


def test_groups_that_differ_by_chance_alone_rarely_stand_out():
    generator = np.random.default_rng(1)
    alarms = 0
    for _set in range(400):
        right = generator.random(300) < 0.75
        groups = [group(generator.random(300) < share) for share in (0.2, 0.4, 0.6)]
        alarms += any(one.p_value <= 0.05 for one in score_slices(right, groups))
    assert alarms / 400 <= 0.07


def test_a_group_of_all_rows_has_no_others_beside_it():
    (everything,) = score_slices(np.array([True, False] * 20), [group(np.ones(40, dtype=bool))])
    assert (everything.rest, everything.p_value, everything.accuracy.value) == (None, None, 0.5)
    assert score_slices(np.array([True]), []) == ()
