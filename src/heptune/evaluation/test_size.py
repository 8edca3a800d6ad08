"""What so many test rows can show, and how many more it would take."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from heptune.schemas.score import Score
from heptune.schemas.scores import SIGNIFICANCE_LEVEL

POWER = 0.8
# Beyond this nobody labels test rows.
MOST_ROWS = 10_000_000


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values of several tests, each as large as it has to be for all of them to err rarely together.

    Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
    """
    order = sorted(range(len(p_values)), key=lambda test: p_values[test])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, test in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[test]))
        adjusted[test] = largest
    return tuple(adjusted)


def smallest_difference(won: int, lost: int, n: int) -> float:
    """Return the difference of two accuracies that McNemar's test finds in four of five such test sets.

    It follows from the share of rows that one of both has right and the other not; one more is counted than was seen.
    Source: Miettinen (1968), "The matched pairs design in the case of all-or-none responses".

    Args:
        won: Rows that only the model has right.
        lost: Rows that only the baseline has right.
        n: All rows.
    """
    z = NormalDist().inv_cdf(1 - SIGNIFICANCE_LEVEL / 2) + NormalDist().inv_cdf(POWER)
    return min(1.0, z * math.sqrt((won + lost + 1) / n / n))


def rows_to_settle(score: Score, threshold: float, n: int) -> int | None:
    """Return about how many more rows it takes until the interval no longer holds the threshold, if the score stays.

    The end of the interval that lies beyond the threshold comes nearer by the root of the number of rows.

    Args:
        score: With an interval.
        threshold: Inside of it.
        n: Rows that the score rests on.

    Returns:
        None where no number of rows would do, or none that anybody labels.
    """
    if score.low is None or score.high is None:
        return None
    reach = score.value - score.low if score.value >= threshold else score.high - score.value
    gap = abs(score.value - threshold)
    if gap * math.sqrt(MOST_ROWS) <= reach * math.sqrt(n):
        return None
    return max(1, math.ceil(n * ((reach / gap) ** 2 - 1)))
