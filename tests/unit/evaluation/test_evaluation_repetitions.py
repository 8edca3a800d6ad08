"""Rows that were judged several times over are no further rows."""

import numpy as np
import pytest

from heptune.evaluation.intervals import wilson
from heptune.evaluation.repetitions import mean_comparison, mean_score, mean_slice, mean_test_scores
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import compare_accuracy, compare_macro_f1
from heptune.evaluation.slices import RowGroup, score_slices
from heptune.i18n import _

NAMES = ("no", "yes", "perhaps")


@pytest.fixture
def judged():
    """True classes of 300 rows, and two judgements of them."""
    generator = np.random.default_rng(0)
    labels = generator.integers(3, size=300)
    return labels, [generator.dirichlet(np.ones(3), size=300) + 0.3 * np.eye(3)[labels] for _number in range(2)]


def normalised(probabilities):
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def test_one_judgement_is_what_it_is(judged):
    labels, (first, _second) = judged
    scores = score_predictions(labels, normalised(first), NAMES, draws=50)
    assert mean_test_scores([scores]) is scores
    assert mean_test_scores([scores, scores]) == scores


def test_scores_and_ends_of_intervals_are_means_and_not_narrower(judged):
    labels, answers = judged
    one, other = (score_predictions(labels, normalised(answer), NAMES, draws=200) for answer in answers)
    mean = mean_test_scores([one, other])
    assert mean.n == 300
    for name in ("accuracy", "macro_f1", "log_loss"):
        first, second, both = one.score(name), other.score(name), mean.score(name)
        assert both.value == pytest.approx((first.value + second.value) / 2)
        width = (first.high - first.low + second.high - second.low) / 2
        assert both.high - both.low == pytest.approx(width)
    hits = (one.accuracy.value + other.accuracy.value) / 2 * 300
    assert mean.accuracy.low == pytest.approx(wilson(hits, 300).low, abs=1e-3)
    assert mean.ece.low is None
    assert [row.support for row in mean.per_class] == np.bincount(labels).tolist()
    assert mean.per_class[0].recall.value == pytest.approx(
        (one.per_class[0].recall.value + other.per_class[0].recall.value) / 2
    )
    assert mean.confusion == one.confusion


def test_of_the_p_values_the_largest_stands(judged):
    labels, answers = judged
    generator = np.random.default_rng(1)
    baseline = generator.integers(3, size=300)
    compared = [compare_accuracy(labels, answer.argmax(axis=1), baseline, draws=100) for answer in answers]
    mean = mean_comparison(compared)
    assert mean.p_value == max(one.p_value for one in compared) == mean.p_adjusted
    assert mean.difference.value == pytest.approx(np.mean([one.difference.value for one in compared]))
    assert mean.smallest_difference == pytest.approx(np.mean([one.smallest_difference for one in compared]))
    assert mean.n == 300


def test_a_difference_in_macro_f1_has_no_least(judged):
    labels, answers = judged
    baseline = np.random.default_rng(1).integers(3, size=300)
    compared = [compare_macro_f1(labels, answer.argmax(axis=1), baseline, draws=50) for answer in answers]
    mean = mean_comparison(compared)
    assert (mean.metric, mean.smallest_difference) == ("macro_f1", None)
    assert mean.p_value == max(one.p_value for one in compared)


def test_groups_of_rows_are_judged_likewise(judged):
    labels, answers = judged
    group = RowGroup("length", _("cut"), np.arange(300) < 90)
    slices = [score_slices(answer.argmax(axis=1) == labels, [group])[0] for answer in answers]
    mean = mean_slice(slices)
    assert (mean.rows, mean.name) == (90, "cut")
    assert mean.accuracy.value == pytest.approx(np.mean([one.accuracy.value for one in slices]))
    assert mean.p_value == max(one.p_value for one in slices)


def test_what_is_not_defined_in_one_of_them_is_left_out():
    assert mean_score([wilson(1, 4), wilson(0, 0)]) == wilson(1, 4)
    assert mean_score([wilson(0, 0), wilson(0, 0)]).low is None
