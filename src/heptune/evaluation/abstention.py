"""When a model may answer by itself: a threshold with a promise, and sets of classes with one.

Sources: Angelopoulos, Bates, Candès, Jordan and Lei (2021), "Learn then test: calibrating predictive algorithms to
achieve risk control"; Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of
the binomial"; Sadinle, Lei and Wasserman (2019), "Least ambiguous set-valued classifiers with bounded error levels".
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes

# How often a promise may be broken by the chance of which rows were kept aside.
ERROR_LEVEL = 0.05
# Tests begin at the fewest rows that show an accuracy with no mistake among them, and with three; each has half of the
# level. Of the beginnings tried on simulated models these two accepted most answers.
MISTAKES_AT_START = (0, 3)


@dataclass(frozen=True, slots=True)
class AcceptanceThreshold:
    """From which score on answers are right as often as was asked for.

    Attributes:
        threshold: Highest probability from which on an answer is accepted.
        accepted: Rows kept aside that reach it.
        right: How many of those are right.
        rows: All rows kept aside.
        accuracy_at_least: Lower bound of the accuracy of accepted answers, at 95 % (Clopper and Pearson).
    """

    threshold: float
    accepted: int
    right: int
    rows: int
    accuracy_at_least: float


def find_threshold(labels: IntArray, probabilities: FloatArray, least_accuracy: float) -> AcceptanceThreshold | None:
    """Return the lowest threshold from which on the accuracy is shown to be at least so high.

    The surest rows are accepted first, then ever more as long as a binomial test rejects that the accuracy of the
    accepted is lower than asked for. A threshold that is too low is returned with a probability of 5 % at most, for new
    rows that come from where these came from.

    Args:
        labels: True classes of rows that nothing was learnt from or chosen by, int `[n]`.
        probabilities: `[n, C]`.
        least_accuracy: Asked for, above 0 and below 1.

    Returns:
        None where no threshold can be promised from these rows.
    """
    from scipy.stats import binom

    if not len(labels):
        return None
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = predicted_classes(probabilities) == labels
    order = np.argsort(-confidence, kind="stable")
    # Rows with the same confidence are accepted together.
    last = np.flatnonzero(np.append(np.diff(confidence[order]) < 0, True))
    accepted = last + 1
    hits = np.cumsum(right[order])[last]
    p_values = binom.cdf(accepted - hits, accepted, 1 - least_accuracy)
    best = -1
    for mistakes in MISTAKES_AT_START:
        start = int(np.searchsorted(accepted, fewest_rows(least_accuracy, mistakes)))
        passed = p_values[start:] <= ERROR_LEVEL / len(MISTAKES_AT_START)
        run = len(passed) if passed.all() else int(np.argmin(passed))
        if run:
            best = max(best, start + run - 1)
    if best < 0:
        return None
    return AcceptanceThreshold(
        threshold=float(confidence[order][last[best]]),
        accepted=int(accepted[best]),
        right=int(hits[best]),
        rows=len(labels),
        accuracy_at_least=lower_bound(int(hits[best]), int(accepted[best])),
    )


def lower_bound(hits: int, trials: int, level: float = ERROR_LEVEL) -> float:
    """Return Clopper and Pearson's lower bound of a share, one-sided."""
    from scipy.stats import beta

    return float(beta.ppf(level, hits, trials - hits + 1)) if hits else 0.0


def fewest_rows(least_accuracy: float, mistakes: int = 0) -> int:
    """Return how many accepted rows it takes to promise an accuracy, with so many mistakes among them."""
    from scipy.stats import binom

    level = ERROR_LEVEL / len(MISTAKES_AT_START)
    most = 1
    while binom.cdf(mistakes, most, 1 - least_accuracy) > level:
        most *= 2
    counts = np.arange(1, most + 1)
    return int(counts[np.argmax(binom.cdf(mistakes, counts, 1 - least_accuracy) <= level)])


def conformal_threshold(labels: IntArray, probabilities: FloatArray, coverage: float) -> float | None:
    """Return the probability from which on a class belongs to the set of a row, so that sets hold the true class.

    Args:
        labels: True classes of rows that nothing was learnt from or chosen by, int `[n]`.
        probabilities: `[n, C]`.
        coverage: Share of new rows whose set is to hold the true class.

    Returns:
        None where the rows are too few: every class would have to be in every set.
    """
    of_true_class = np.sort(probabilities[np.arange(len(labels)), labels].astype(np.float64))
    allowed = math.floor((len(labels) + 1) * (1 - coverage) + 1e-9)
    return float(of_true_class[allowed - 1]) if allowed else None


def conformal_sets(probabilities: FloatArray, threshold: float | FloatArray) -> NDArray[np.bool_]:
    """Return which classes are in the set of each row, bool `[n, C]`; the most probable class always is.

    Args:
        probabilities: `[n, C]`.
        threshold: For all rows, or for each `[n, 1]`.
    """
    sets: NDArray[np.bool_] = probabilities >= threshold
    sets[np.arange(len(sets)), predicted_classes(probabilities)] = True
    return sets
