"""Rows in clusters: intervals that cover, tests that keep quiet, and the usual figures where each row stands alone."""

import numpy as np
import pytest

from heptune.evaluation.clustered_scoring import score_clusters
from heptune.evaluation.clustered_significance import compare_accuracy_by_cluster, compare_macro_f1_by_cluster
from heptune.evaluation.clusters import clustered_share, clusters_of
from heptune.evaluation.intervals import wilson
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import compare_accuracy, compare_macro_f1
from heptune.evaluation.slices import RowGroup, score_slices
from heptune.i18n import _

NAMES = ("no", "yes", "perhaps")
SETS = 1_000


def of_customers(generator, *, customers=80, rows=8, mean=0.8, alike=4.0):
    """Rows of customers some of whom are easy and some hard: whether each is right, and whose it is."""
    skill = generator.beta(mean * alike, (1 - mean) * alike, size=customers)
    groups = np.repeat(np.arange(customers), rows)
    return generator.random(customers * rows) < skill[groups], groups


def test_intervals_cover_the_truth_where_those_of_single_rows_do_not():
    generator = np.random.default_rng(0)
    covered, naive = 0, 0
    for _set in range(SETS):
        right, groups = of_customers(generator)
        score = clustered_share(right, np.ones(len(right), dtype=bool), clusters_of(groups))
        covered += score.low <= 0.8 <= score.high
        single = wilson(int(right.sum()), len(right))
        naive += single.low <= 0.8 <= single.high
    assert 0.93 <= covered / SETS <= 0.97
    assert naive / SETS < 0.85


def test_where_each_row_stands_alone_the_figures_are_the_usual_ones():
    generator = np.random.default_rng(1)
    labels = generator.integers(3, size=400)
    probabilities = generator.dirichlet(np.ones(3), size=400)
    probabilities[np.arange(400), labels] += 0.4
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    usual = score_predictions(labels, probabilities, NAMES, draws=1_000)
    alone = score_clusters(labels, probabilities, NAMES, clusters_of(np.arange(400)), draws=1_000)
    assert alone.confusion == usual.confusion
    assert alone.ece == usual.ece
    for name in ("accuracy", "macro_f1", "log_loss"):
        one, other = alone.score(name), usual.score(name)
        assert one.value == pytest.approx(other.value)
        assert one.low == pytest.approx(other.low, abs=0.012)
        assert one.high == pytest.approx(other.high, abs=0.012)
    for one, other in zip(alone.per_class, usual.per_class, strict=True):
        assert (one.label, one.support, one.too_few) == (other.label, other.support, other.too_few)
        for figure in ("precision", "recall", "f1"):
            assert getattr(one, figure).value == pytest.approx(getattr(other, figure).value)
            assert getattr(one, figure).low == pytest.approx(getattr(other, figure).low, abs=0.02)


def test_ten_copies_of_each_row_say_no_more_than_the_rows():
    generator = np.random.default_rng(2)
    right = generator.random(200) < 0.7
    alone = wilson(int(right.sum()), 200)
    copied = clustered_share(
        np.repeat(right, 10), np.ones(2_000, dtype=bool), clusters_of(np.repeat(np.arange(200), 10))
    )
    assert copied.value == pytest.approx(alone.value)
    assert copied.high - copied.low == pytest.approx(alone.high - alone.low, rel=0.02)


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_where_nothing_varies_clusters_count_as_one_row_each(right):
    hits = np.full(300, bool(right))
    score = clustered_share(hits, np.ones(300, dtype=bool), clusters_of(np.arange(300) // 10))
    assert score == wilson(30 * right, 30)
    nothing = clustered_share(hits, np.zeros(300, dtype=bool), clusters_of(np.arange(300)))
    assert (nothing.value, nothing.low) == (0.0, None)


def test_equal_models_raise_false_alarms_as_often_as_is_said():
    """Of each customer one of both happens to know the words; neither is better."""
    generator = np.random.default_rng(3)
    alarms = {"by cluster": 0, "by row": 0}
    for _set in range(400):
        groups = np.repeat(np.arange(60), 6)
        labels = generator.integers(2, size=360)
        favoured = generator.integers(2, size=60)[groups]
        wrong = generator.random((2, 360)) < np.where(favoured == np.array([[0], [1]]), 0.1, 0.4)
        model, baseline = np.where(wrong, 1 - labels, labels)
        by_cluster = compare_accuracy_by_cluster(labels, model, baseline, clusters_of(groups), draws=400)
        alarms["by cluster"] += by_cluster.p_value <= 0.05
        alarms["by row"] += compare_accuracy(labels, model, baseline, draws=10).p_value <= 0.05
    assert alarms["by cluster"] / 400 <= 0.08
    assert alarms["by row"] / 400 > 0.1


def test_comparisons_of_single_rows_are_the_usual_ones():
    generator = np.random.default_rng(4)
    labels = generator.integers(3, size=300)
    model = np.where(generator.random(300) < 0.8, labels, (labels + 1) % 3)
    baseline = np.where(generator.random(300) < 0.6, labels, (labels + 2) % 3)
    alone = clusters_of(np.arange(300))
    for usual, clustered in (
        (compare_accuracy(labels, model, baseline), compare_accuracy_by_cluster(labels, model, baseline, alone)),
        (compare_macro_f1(labels, model, baseline), compare_macro_f1_by_cluster(labels, model, baseline, alone)),
    ):
        assert clustered.difference.value == pytest.approx(usual.difference.value)
        assert clustered.difference.low == pytest.approx(usual.difference.low, abs=0.015)
        assert clustered.p_value <= 0.01
        assert usual.p_value <= 0.01
        if usual.smallest_difference is not None:
            assert clustered.smallest_difference == pytest.approx(usual.smallest_difference)


def test_groups_of_rows_have_intervals_by_cluster_and_no_test():
    generator = np.random.default_rng(5)
    right, groups = of_customers(generator)
    group = RowGroup("length", _("cut"), np.arange(len(right)) % 2 == 0)
    (usual,), (clustered,) = score_slices(right, [group]), score_slices(right, [group], clusters_of(groups))
    assert clustered.accuracy.value == pytest.approx(usual.accuracy.value)
    assert clustered.accuracy.high - clustered.accuracy.low > usual.accuracy.high - usual.accuracy.low
    assert (clustered.rest.value, clustered.p_value) == (usual.rest.value, None)
    assert clustered.rest.high - clustered.rest.low > usual.rest.high - usual.rest.low


@pytest.mark.parametrize("right", [True, False])
def test_a_perfect_score_of_few_customers_leaves_doubt(right):
    labels = np.arange(60) % 2
    probabilities = np.eye(2)[labels if right else 1 - labels]
    scores = score_clusters(labels, probabilities, NAMES[:2], clusters_of(np.arange(60) // 20), draws=100)
    assert scores.macro_f1.value == float(right)
    assert scores.macro_f1.high - scores.macro_f1.low > 0.5


def test_clusters_that_all_have_the_same_share_count_as_one_row_each():
    hits = np.tile(np.arange(10) < 7, 30)
    score = clustered_share(hits, np.ones(300, dtype=bool), clusters_of(np.arange(300) // 10))
    assert score.low == pytest.approx(wilson(21, 30).low)
