"""Statistics tested as statistics: 2,000 test sets drawn from populations whose true figures are known."""

import numpy as np
import pytest

from heptune.evaluation.confusion import class_rates, macro_mean
from heptune.evaluation.intervals import bootstrap_f1, wilson
from heptune.evaluation.significance import adjusted, compare_accuracy, mcnemar_mid_p

SETS = 2_000


def population(shares, right, *, seed=0):
    """Return the probabilities of all pairs of true and predicted class `[C, C]`; mistakes are spread unevenly."""
    generator = np.random.default_rng(seed)
    shares, right = np.array(shares, dtype=float), np.array(right, dtype=float)
    mistakes = generator.random((len(shares), len(shares))) + 0.2
    np.fill_diagonal(mistakes, 0)
    mistakes *= ((1 - right) / mistakes.sum(axis=1))[:, None]
    return (mistakes + np.diag(right)) * (shares / shares.sum())[:, None]


POPULATIONS = {
    "two classes, 300 rows": (population([1, 1], [0.8, 0.9]), 300),
    "three classes, 1,000 rows": (population([3, 4, 3], [0.7, 0.75, 0.8]), 1_000),
    "five uneven classes, 1,500 rows": (population([10, 5, 3, 2, 2], [0.9, 0.7, 0.6, 0.8, 0.5]), 1_500),
}
CASES = [pytest.param(*case, id=name) for name, case in POPULATIONS.items()]


def drawn(shares, rows, sets=SETS):
    return np.random.default_rng(1).multinomial(rows, shares.ravel(), size=sets).reshape(sets, *shares.shape)


def coverage(scores, truth):
    return np.mean([score.low <= truth <= score.high for score in scores])


@pytest.mark.parametrize(("shares", "rows"), CASES)
def test_intervals_of_accuracy_precision_and_recall_cover_the_truth(shares, rows):
    confusions = drawn(shares, rows)
    of_accuracy = coverage([wilson(int(np.trace(one)), rows) for one in confusions], np.trace(shares))
    assert 0.93 <= of_accuracy <= 0.97
    for axis in (1, 2):  # recall, of the rows of a class; precision, of those that are named so
        for label in range(len(shares)):
            hits, trials = confusions[:, label, label], confusions.sum(axis=3 - axis)[:, label]
            truth = shares[label, label] / shares.sum(axis=2 - axis)[label]
            scores = [wilson(int(hit), int(trial)) for hit, trial in zip(hits, trials, strict=True)]
            assert 0.93 <= coverage(scores, truth) <= 0.97


@pytest.mark.parametrize(
    ("shares", "rows"),
    [
        pytest.param(population([1, 1, 1], [0.7, 0.8, 0.75]), 500, id="three even classes, 500 rows"),
        pytest.param(population([4, 3, 2, 1.2], [0.8, 0.7, 0.75, 0.6]), 500, id="four uneven classes, 500 rows"),
        pytest.param(
            population([1] * 10, np.linspace(0.6, 0.95, 10)),
            1_000,
            id="ten even classes, 1,000 rows",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_intervals_of_macro_f1_cover_the_truth(shares, rows):
    truth = float(macro_mean(class_rates(shares).f1))
    scores = [bootstrap_f1(one, draws=400).macro for one in drawn(shares, rows)]
    assert 0.93 <= coverage(scores, truth) <= 0.97


@pytest.mark.parametrize(("rows", "decided"), [(300, 0.2), (1_000, 0.15), (3_534, 0.2)])
def test_mcnemar_raises_false_alarms_as_often_as_it_says(rows, decided):
    sets = np.random.default_rng(2).multinomial(rows, [decided / 2, decided / 2, 1 - decided], size=SETS)
    alarms = np.mean([mcnemar_mid_p(won, lost) <= 0.05 for won, lost, _ties in sets.tolist()])
    assert 0.035 <= alarms <= 0.06


@pytest.mark.parametrize("others", [1, 3])
def test_equal_models_show_no_evidence_of_a_difference(others):
    """Models of the same skill that err independently; with several of them none may seem another."""
    generator = np.random.default_rng(3)
    silent = 0
    for _set in range(500):
        labels = generator.integers(3, size=500)
        predictions = [
            np.where(generator.random(500) < 0.75, labels, (labels + generator.integers(1, 3, size=500)) % 3)
            for _model in range(1 + others)
        ]
        compared = {
            str(number): compare_accuracy(labels, predictions[0], other, draws=300)
            for number, other in enumerate(predictions[1:])
        }
        silent += not any(comparison.is_evident for comparison in adjusted(compared).values())
    assert silent / 500 >= 0.93
