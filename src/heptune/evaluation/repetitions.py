"""One figure for rows that were judged several times over, each time by other models.

The same rows judged again are no further rows: intervals are those of one judgement, averaged, and not narrower.
"""

from collections.abc import Sequence

import numpy as np

from heptune.evaluation.metrics import METRICS
from heptune.schemas.failures import Slice
from heptune.schemas.score import Score
from heptune.schemas.scores import ClassScores, PairedComparison, TestScores


def mean_test_scores(repetitions: Sequence[TestScores]) -> TestScores:
    """Return the mean scores of some judgements of the same rows; the confusion matrix counts those of the first."""
    if len(repetitions) == 1:
        return repetitions[0]
    first = repetitions[0]
    means = {name: mean_score([one.score(name) for one in repetitions]) for name in METRICS}
    per_class = tuple(map(_mean_of_class, zip(*(one.per_class for one in repetitions), strict=True)))
    return first.model_copy(update={**means, "per_class": per_class})


def mean_comparison(repetitions: Sequence[PairedComparison]) -> PairedComparison:
    """Return the mean difference; of the p-values the largest stands for all, which errs on the safe side."""
    if len(repetitions) == 1:
        return repetitions[0]
    least = [one.smallest_difference for one in repetitions if one.smallest_difference is not None]
    p_value = max(one.p_value for one in repetitions)
    return repetitions[0].model_copy(
        update={
            "difference": mean_score([one.difference for one in repetitions]),
            "p_value": p_value,
            "p_adjusted": p_value,
            "smallest_difference": float(np.mean(least)) if len(least) == len(repetitions) else None,
        }
    )


def mean_slice(repetitions: Sequence[Slice]) -> Slice:
    """Return the mean accuracy of a group of rows, with the largest of the p-values."""
    if len(repetitions) == 1:
        return repetitions[0]
    first = repetitions[0]
    rest = [one.rest for one in repetitions if one.rest is not None]
    p_values = [one.p_value for one in repetitions if one.p_value is not None]
    return first.model_copy(
        update={
            "accuracy": mean_score([one.accuracy for one in repetitions]),
            "rest": mean_score(rest) if rest else None,
            "p_value": max(p_values) if p_values else None,
        }
    )


def mean_score(repetitions: Sequence[Score]) -> Score:
    """Return the mean of values and of the ends of their intervals.

    A figure that has no interval where others have one is not defined, as the precision of a class that is never
    answered, and is left out.
    """
    defined = [one for one in repetitions if one.low is not None] or repetitions
    if len(defined) == 1:
        return defined[0]
    value = float(np.mean([one.value for one in defined]))
    lows = [one.low for one in defined if one.low is not None]
    highs = [one.high for one in defined if one.high is not None]
    if not lows:
        return Score(value=value)
    return Score(value=value, low=float(np.mean(lows)), high=float(np.mean(highs)), method=defined[0].method)


def _mean_of_class(repetitions: Sequence[ClassScores]) -> ClassScores:
    first = repetitions[0]
    return first.model_copy(
        update={
            "precision": mean_score([one.precision for one in repetitions]),
            "recall": mean_score([one.recall for one in repetitions]),
            "f1": mean_score([one.f1 for one in repetitions]),
        }
    )
