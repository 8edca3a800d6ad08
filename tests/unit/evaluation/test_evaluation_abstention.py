"""Promises about accepted answers and sets of classes, kept on simulated populations."""

import numpy as np
import pytest

from heptune.evaluation.abstention import (
    conformal_sets,
    conformal_threshold,
    fewest_rows,
    find_threshold,
    lower_bound,
)

BREAKS_ALLOWED = 0.07


def population(rows, *, generator, over=1.0, classes=3):
    """Rows of a model with a skill that differs from row to row; with `over` above 1 it is surer than it should be."""
    logits = generator.normal(scale=2.2, size=(rows, classes))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (true.cumsum(axis=1) > generator.random((rows, 1))).argmax(axis=1)
    told = np.exp(over * logits)
    return labels, told / told.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("least", "rows", "over"), [(0.95, 1_000, 1.0), (0.9, 300, 2.0), (0.8, 1_000, 0.7), (0.85, 200, 1)]
)
def test_the_promise_holds(least, rows, over):
    """In at least 93 % of 500 cases accepted answers of new rows are right as often as was promised."""
    generator = np.random.default_rng(1)
    new_labels, new = population(100_000, generator=generator, over=over)
    right, confidence = new.argmax(axis=1) == new_labels, new.max(axis=1)
    broken, found = 0, 0
    for _case in range(500):
        threshold = find_threshold(*population(rows, generator=generator, over=over), least)
        if threshold is not None:
            found += 1
            broken += right[confidence >= threshold.threshold].mean() < least
    assert broken / 500 <= BREAKS_ALLOWED
    assert found >= 150, "a promise that is never given is no use"


def test_a_promise_accepts_as_much_as_can_be_shown():
    generator = np.random.default_rng(2)
    labels, probabilities = population(2_000, generator=generator)
    found = find_threshold(labels, probabilities, 0.9)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    assert found.accepted == np.sum(confidence >= found.threshold)
    assert found.right == right[confidence >= found.threshold].sum()
    assert found.rows == 2_000
    assert 0.88 <= found.accuracy_at_least <= found.right / found.accepted
    # The best threshold that knows the truth accepts hardly more.
    order = np.argsort(-confidence)
    shares = np.cumsum(right[order]) / np.arange(1, 2_001)
    assert found.accepted >= 0.75 * (np.flatnonzero(shares >= 0.9).max() + 1)


def test_a_model_that_is_right_nearly_always_accepts_everything():
    labels = np.zeros(400, dtype=int)
    probabilities = np.column_stack([np.linspace(0.6, 0.9, 400), 1 - np.linspace(0.6, 0.9, 400)])
    found = find_threshold(labels, probabilities, 0.95)
    assert (found.accepted, found.threshold) == (400, 0.6)


@pytest.mark.parametrize("least", [0.8, 0.9, 0.95, 0.99])
def test_with_fewer_rows_than_it_takes_nothing_is_promised(least):
    rows = fewest_rows(least)
    probabilities = np.tile([0.9, 0.1], (rows, 1))
    assert find_threshold(np.zeros(rows, dtype=int), probabilities, least) is not None
    assert find_threshold(np.zeros(rows - 1, dtype=int), probabilities[1:], least) is None


def test_rows_with_the_same_confidence_are_accepted_together():
    """Most of them are wrong: the first of a tie must not decide."""
    probabilities = np.array([[0.99, 0.01]] * 200 + [[0.7, 0.3]] * 200)
    labels = np.array([0] * 250 + [1] * 150)
    found = find_threshold(labels, probabilities, 0.9)
    assert (found.threshold, found.accepted) == (0.99, 200)


def test_where_the_surest_answers_are_no_better_nothing_is_promised():
    generator = np.random.default_rng(3)
    probabilities = generator.dirichlet([1, 1], size=500)
    assert find_threshold(generator.integers(2, size=500), probabilities, 0.8) is None


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (90, 100), (1, 3)])
def test_the_lower_bound_is_the_share_at_which_so_many_hits_are_rare(hits, trials):
    stats = pytest.importorskip("scipy.stats")
    bound = lower_bound(hits, trials)
    expected = stats.binomtest(hits, trials).proportion_ci(confidence_level=0.9, method="exact").low
    assert bound == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("coverage", "rows"), [(0.9, 100), (0.8, 40), (0.95, 500)])
def test_sets_hold_the_true_class_as_often_as_was_said(coverage, rows):
    generator = np.random.default_rng(4)
    held = []
    for _case in range(400):
        threshold = conformal_threshold(*population(rows, generator=generator), coverage)
        labels, probabilities = population(500, generator=generator)
        held.append(conformal_sets(probabilities, threshold)[np.arange(500), labels].mean())
    assert coverage - 0.01 <= np.mean(held) <= coverage + 0.04


def test_sets_are_never_empty_and_larger_for_more_coverage():
    labels, probabilities = population(300, generator=np.random.default_rng(5))
    sizes = []
    for coverage in (0.6, 0.8, 0.95):
        sets = conformal_sets(probabilities, conformal_threshold(labels, probabilities, coverage))
        assert sets.any(axis=1).all()
        sizes.append(sets.sum())
    assert sizes == sorted(sizes)


def test_too_few_rows_promise_no_set():
    labels, probabilities = population(8, generator=np.random.default_rng(6))
    assert conformal_threshold(labels, probabilities, 0.9) is None
    labels, probabilities = population(9, generator=np.random.default_rng(6))
    assert conformal_threshold(labels, probabilities, 0.9) == probabilities[np.arange(9), labels].min()
