import numpy as np
import pytest
from scipy.stats import binom, binomtest
from sklearn.metrics import f1_score

from heptune.evaluation.significance import compare_accuracy, compare_macro_f1, mcnemar_mid_p


def example(rows=400, seed=0, model=0.8, baseline=0.6, classes=3):
    """Labels, and the predictions of two classifiers with the given accuracies."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(classes, size=rows)
    wrong = (labels + generator.integers(1, classes, size=rows)) % classes
    return labels, *(np.where(generator.random(rows) < accuracy, labels, wrong) for accuracy in (model, baseline))


@pytest.mark.parametrize(("won", "lost"), [(9, 2), (2, 9), (30, 12), (1, 0), (150, 151)])
def test_mid_p_is_the_exact_p_value_less_half_of_both_outer_points(won, lost):
    exact = binomtest(won, won + lost).pvalue
    assert mcnemar_mid_p(won, lost) == pytest.approx(exact - binom.pmf(won, won + lost, 0.5))


@pytest.mark.parametrize("each", [0, 1, 7])
def test_equal_wins_and_losses_give_a_p_value_of_one(each):
    assert mcnemar_mid_p(each, each) == pytest.approx(1)


def test_the_difference_is_model_minus_baseline():
    labels, model, baseline = example()
    found = compare_accuracy(labels, model, baseline)
    assert found.difference.value == pytest.approx(np.mean(model == labels) - np.mean(baseline == labels))
    assert found.difference.low > 0
    assert found.p_value < 0.001
    assert (found.n, found.method, found.metric) == (400, "mcnemar_mid_p", "accuracy")


def test_exchanging_the_two_turns_the_sign():
    labels, model, baseline = example()
    for compare in (compare_accuracy, compare_macro_f1):
        one, other = compare(labels, model, baseline), compare(labels, baseline, model)
        assert other.difference.value == pytest.approx(-one.difference.value)
        assert other.difference.high < 0
        assert other.p_value == pytest.approx(one.p_value, abs=0.002)


def test_the_macro_f1_difference_is_that_of_scikit_learn():
    labels, model, baseline = example(classes=6)
    found = compare_macro_f1(labels, model, baseline)
    expected = f1_score(labels, model, average="macro") - f1_score(labels, baseline, average="macro")
    assert found.difference.value == pytest.approx(expected)
    assert found.difference.low < expected < found.difference.high
    assert (found.p_value, found.method, found.metric) == (pytest.approx(1 / 2001), "randomization", "macro_f1")


def test_cells_draw_like_a_paired_bootstrap_of_the_rows():
    labels, model, baseline = example(rows=200)
    generator = np.random.default_rng(1)
    drawn = []
    for _ in range(400):
        rows = np.concatenate([generator.choice(np.flatnonzero(labels == c), (labels == c).sum()) for c in range(3)])
        scores = [f1_score(labels[rows], predicted[rows], average="macro") for predicted in (model, baseline)]
        drawn.append(scores[0] - scores[1])
    found = compare_macro_f1(labels, model, baseline).difference
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.02)


@pytest.mark.parametrize("compare", [compare_accuracy, compare_macro_f1])
def test_a_classifier_does_not_differ_from_itself(compare):
    labels, model, _ = example()
    found = compare(labels, model, model)
    assert (found.difference.value, found.difference.low, found.difference.high, found.p_value) == (0, 0, 0, 1)


@pytest.mark.parametrize("compare", [compare_accuracy, compare_macro_f1])
def test_the_same_seed_gives_the_same_record(compare):
    rows = example(baseline=0.75)
    assert compare(*rows, seed=4) == compare(*rows, seed=4)
    assert compare(*rows, seed=4) != compare(*rows, seed=5)


@pytest.mark.parametrize("compare", [compare_accuracy, compare_macro_f1])
def test_a_class_that_only_one_of_them_predicts_breaks_nothing(compare):
    labels, model, baseline = np.array([0, 0, 1, 1]), np.array([0, 5, 1, 1]), np.array([0, 0, 0, 1])
    assert -1 <= compare(labels, model, baseline).difference.value <= 1


@pytest.mark.parametrize("compare", [compare_accuracy, compare_macro_f1])
def test_two_equally_good_classifiers_are_seldom_told_apart(compare):
    p_values, misses = [], 0
    for seed in range(200):
        found = compare(*example(rows=200, seed=seed, model=0.7, baseline=0.7), draws=200, seed=seed)
        p_values.append(found.p_value)
        misses += not found.difference.low <= 0 <= found.difference.high
    assert np.mean(np.array(p_values) < 0.05) <= 0.09
    assert 0.35 <= np.mean(p_values) <= 0.65
    assert misses / 200 <= 0.11
