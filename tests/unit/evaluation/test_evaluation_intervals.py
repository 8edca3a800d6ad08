import tracemalloc

import numpy as np
import pytest
from scipy.stats import binomtest

from heptune.evaluation.confusion import class_rates, confusion_matrix, macro_mean
from heptune.evaluation.intervals import ROWS_TO_DRAW, bootstrap_f1, bootstrap_mean, wilson

CONFUSION = np.array([[40, 5, 5], [4, 30, 6], [2, 3, 15]])


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (0, 30), (30, 30), (7, 30), (735, 1000), (1, 10**6)])
def test_wilson_equals_scipy(successes, trials):
    expected = binomtest(successes, trials).proportion_ci(0.95, "wilson")
    score = wilson(successes, trials)
    assert (score.value, score.method) == (successes / trials, "wilson")
    assert (score.low, score.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_nothing_has_no_interval():
    score = wilson(0, 0)
    assert (score.value, score.low, score.high, score.method) == (0.0, None, None, None)


def test_half_width_at_a_thousand_rows_is_as_documented():
    score = wilson(740, 1000)
    assert (score.high - score.low) / 2 == pytest.approx(0.027, abs=5e-4)


def test_wilson_covers_a_true_share_in_simulated_sets():
    generator = np.random.default_rng(0)
    covered = 0
    for successes in generator.binomial(200, 0.8, size=500).tolist():
        score = wilson(successes, 200)
        covered += score.low <= 0.8 <= score.high
    assert 0.92 <= covered / 500 <= 0.98


def test_f1_draws_equal_a_bootstrap_of_the_rows():
    labels, predictions = (np.repeat(axis.ravel(), CONFUSION.ravel()) for axis in np.indices(CONFUSION.shape))
    generator = np.random.default_rng(5)
    drawn = []
    for _ in range(1500):
        rows = np.concatenate([generator.choice(np.flatnonzero(labels == c), (labels == c).sum()) for c in range(3)])
        drawn.append(class_rates(confusion_matrix(labels[rows], predictions[rows], 3)).f1)
    found = bootstrap_f1(CONFUSION, draws=4000)
    low, high = np.quantile(macro_mean(np.array(drawn)), [0.025, 0.975])
    assert (found.macro.low, found.macro.high) == pytest.approx((low, high), abs=0.01)
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    assert [score.low for score in found.per_class] == pytest.approx(low.tolist(), abs=0.015)
    assert [score.high for score in found.per_class] == pytest.approx(high.tolist(), abs=0.015)


def test_f1_values_are_those_of_the_rows():
    rates, found = class_rates(CONFUSION), bootstrap_f1(CONFUSION)
    assert found.macro.value == pytest.approx(rates.f1.mean())
    assert [score.value for score in found.per_class] == pytest.approx(rates.f1.tolist())
    assert {found.macro.method, *(score.method for score in found.per_class)} == {"bootstrap"}


def test_the_same_seed_gives_the_same_interval_and_another_seed_another_one():
    assert bootstrap_f1(CONFUSION, seed=3) == bootstrap_f1(CONFUSION, seed=3)
    assert bootstrap_f1(CONFUSION, seed=3).macro.low != bootstrap_f1(CONFUSION, seed=4).macro.low


def test_chunks_of_draws_change_nothing_but_memory(monkeypatch):
    whole = bootstrap_f1(CONFUSION)
    monkeypatch.setattr("heptune.evaluation.resampling.CELLS_AT_ONCE", 900)
    assert bootstrap_f1(CONFUSION).macro.low == pytest.approx(whole.macro.low, abs=0.01)


def test_a_few_rows_without_an_error_leave_doubt():
    found = bootstrap_f1(np.diag([5, 5]))
    assert found.macro == wilson(10, 10)
    assert found.per_class == (wilson(5, 5), wilson(5, 5))


def test_rows_without_an_error_tell_less_about_macro_f1_if_a_class_is_rare():
    assert bootstrap_f1(np.diag([95, 5])).macro.low < wilson(100, 100).low


def test_a_class_without_rows_has_no_interval_and_one_never_hit_leaves_doubt():
    found = bootstrap_f1(np.array([[8, 0, 2], [6, 0, 0], [0, 0, 0]]))
    assert found.per_class[1] == wilson(0, 6)
    assert (found.per_class[2].value, found.per_class[2].low, found.per_class[2].method) == (0.0, None, None)
    assert found.macro.low <= found.macro.value <= found.macro.high


def test_macro_f1_covers_the_true_figure_in_simulated_sets():
    generator = np.random.default_rng(0)
    support = np.array([100, 60, 40])
    shares = np.array([[0.8, 0.1, 0.1], [0.15, 0.7, 0.15], [0.2, 0.1, 0.7]])
    true_figure = macro_mean(class_rates(shares * support[:, np.newaxis]).f1)
    covered = 0
    for seed in range(200):
        macro = bootstrap_f1(generator.multinomial(support, shares), draws=400, seed=seed).macro
        covered += macro.low <= true_figure <= macro.high
    assert 0.89 <= covered / 200 <= 0.99


def losses_and_classes(rows, seed=0):
    generator = np.random.default_rng(seed)
    classes = generator.integers(3, size=rows)
    return generator.exponential(1 + classes), classes


def test_drawn_and_computed_intervals_of_a_mean_agree():
    losses, classes = losses_and_classes(ROWS_TO_DRAW + 1)
    computed, drawn = bootstrap_mean(losses, classes), bootstrap_mean(losses[1:], classes[1:])
    width = computed.high - computed.low
    assert (drawn.low, drawn.high) == pytest.approx((computed.low, computed.high), abs=0.1 * width)
    assert computed.method == drawn.method == "bootstrap"
    assert computed.value == losses.mean()


def test_drawing_within_classes_takes_the_spread_between_them_out():
    losses, classes = np.repeat([0.0, 1.0], 50), np.repeat([0, 1], 50)
    stratified, pooled = bootstrap_mean(losses, classes), bootstrap_mean(losses, np.zeros(100, dtype=int))
    assert (stratified.low, stratified.high) == (0.5, 0.5)
    assert pooled.low == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("rows", [500, ROWS_TO_DRAW + 1])
def test_the_order_of_the_rows_does_not_move_the_interval_of_a_mean(rows):
    losses, classes = losses_and_classes(rows)
    order = np.random.default_rng(9).permutation(rows)
    found, shuffled = bootstrap_mean(losses, classes), bootstrap_mean(losses[order], classes[order])
    assert (found.low, found.high) == pytest.approx((shuffled.low, shuffled.high), rel=1e-12)


def test_the_mean_covers_the_true_figure_in_simulated_sets():
    covered = 0
    for seed in range(200):
        losses, classes = losses_and_classes(150, seed)
        found = bootstrap_mean(losses, classes, draws=400, seed=seed)
        covered += found.low <= np.mean(1 + classes) <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_a_million_rows_stay_in_bounded_memory():
    losses, classes = losses_and_classes(1_000_000)
    tracemalloc.start()
    bootstrap_mean(losses, classes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20
