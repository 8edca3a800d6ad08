import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from heptune.evaluation.intervals import wilson
from heptune.evaluation.metrics import METRICS
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import compare_accuracy, compare_macro_f1


@st.composite
def predictions(draw):
    """Labels and probabilities of 1 to 40 rows; coarse, so that ties and empty classes occur."""
    classes, rows = draw(st.integers(2, 6)), draw(st.integers(1, 40))
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
    weights = st.lists(st.integers(0, 4), min_size=classes, max_size=classes).filter(any)
    table = np.array(draw(st.lists(weights, min_size=rows, max_size=rows)), dtype=float)
    return np.array(labels), table / table.sum(axis=1, keepdims=True)


def without_ties(probabilities):
    """Make the highest probability of each row unique, keeping the winner."""
    winner = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    return (probabilities + winner) / 2


@given(predictions(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_the_order_of_the_rows_changes_nothing(rows, random):
    labels, probabilities = rows
    order = random.sample(range(len(labels)), len(labels))
    names = [str(index) for index in range(probabilities.shape[1])]
    found = score_predictions(labels, probabilities, names)
    shuffled = score_predictions(labels[order], probabilities[order], names)
    assert found.model_copy(update={"log_loss": None, "ece": None}) == shuffled.model_copy(
        update={"log_loss": None, "ece": None}
    )
    assert found.ece.value == pytest.approx(shuffled.ece.value, abs=1e-12)
    for bound in ("value", "low", "high"):
        assert getattr(found.log_loss, bound) == pytest.approx(getattr(shuffled.log_loss, bound), rel=1e-9)


@given(predictions(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_numbering_the_classes_anew_changes_no_metric(rows, random):
    labels, probabilities = rows[0], without_ties(rows[1])
    classes = probabilities.shape[1]
    new_id = np.array(random.sample(range(classes), classes))
    renumbered = np.empty_like(probabilities)
    renumbered[:, new_id] = probabilities
    for metric in METRICS.values():
        expected = metric.compute(labels, probabilities)
        assert metric.compute(new_id[labels], renumbered) == pytest.approx(expected, abs=1e-12)


@given(predictions())
@settings(deadline=None)
def test_macro_f1_equals_scikit_learn(rows):
    labels, probabilities = rows
    predicted = probabilities.argmax(axis=1)
    seen = np.union1d(labels, predicted)
    expected = f1_score(labels, predicted, labels=seen, average="macro", zero_division=0)
    assert METRICS["macro_f1"].compute(labels, probabilities) == pytest.approx(expected, abs=1e-12)


@given(predictions())
@settings(deadline=None, max_examples=50)
def test_scores_are_consistent_with_each_other(rows):
    labels, probabilities = rows
    scores = score_predictions(labels, probabilities, [str(index) for index in range(probabilities.shape[1])])
    confusion = np.array(scores.confusion)
    assert confusion.sum() == scores.n == len(labels)
    assert confusion.trace() / scores.n == scores.accuracy.value
    assert sum(one.support for one in scores.per_class) == scores.n
    figures = [scores.accuracy, scores.macro_f1, scores.log_loss]
    figures += [score for one in scores.per_class for score in (one.precision, one.recall, one.f1)]
    for score in figures:
        assert score.low is None or 0 <= score.low <= score.value <= score.high
        assert (score.low is None) == (score.high is None) == (score.method is None)


@given(st.integers(1, 10**9).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_wilson_holds_the_share_within_0_and_1(counts):
    successes, trials = counts
    score = wilson(successes, trials)
    assert 0 <= score.low <= score.value <= score.high <= 1


@given(predictions(), st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_comparisons_give_the_difference_of_the_two_scores(rows, shift):
    labels, probabilities = rows
    other = np.roll(probabilities, shift, axis=1)
    model, baseline = probabilities.argmax(axis=1), other.argmax(axis=1)
    for name, compare in (("accuracy", compare_accuracy), ("macro_f1", compare_macro_f1)):
        found = compare(labels, model, baseline, draws=50)
        expected = METRICS[name].compute(labels, probabilities) - METRICS[name].compute(labels, other)
        assert found.difference.value == pytest.approx(expected, abs=1e-12)
        assert found.difference.low <= found.difference.value <= found.difference.high
        assert 0 < found.p_value <= 1
