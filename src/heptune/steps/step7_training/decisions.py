"""From what the goal asks of answers to thresholds, by rows kept aside or judged out of fold, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from heptune.evaluation.abstention import (
    AcceptanceThreshold,
    conformal_sets,
    conformal_threshold,
    fewest_rows,
    find_threshold,
)
from heptune.evaluation.intervals import wilson
from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes
from heptune.i18n import _
from heptune.schemas.decisions import Acceptance, AcceptanceReport, Decisions, LabelSetReport, LabelSets
from heptune.steps.step7_training.scoring import MODEL, SplitScores


def acceptance_report(
    min_accuracy: float | None,
    calibration: SplitScores | None,
    test: SplitScores,
    fold_of_row: IntArray | None = None,
) -> AcceptanceReport | None:
    """Find the threshold that was asked for; None where none was.

    Args:
        min_accuracy: How often accepted answers are to be right.
        calibration: Rows kept aside, or judged out of fold.
        test: Rows that measure what comes of it.
        fold_of_row: Where these are the same rows, the fold of each `[n]`: the others measure it.
    """
    if min_accuracy is None:
        return None
    rows = 0 if calibration is None else len(calibration.classes)
    found = calibration and _threshold_of(calibration, min_accuracy)
    if not found:
        least = fewest_rows(min_accuracy)
        reason = (
            _("it takes at least {least:,} rows to find a threshold on, and there are {rows:,}", least=least, rows=rows)
            if rows < least
            else _("even the surest answers to {rows:,} rows are not right that often for sure", rows=rows)
        )
        return AcceptanceReport(min_accuracy=min_accuracy, threshold=None, rows=rows, reason=reason)
    find = partial(_threshold_value, min_accuracy=min_accuracy)
    # Where the others promise nothing, no answer reaches the threshold.
    thresholds = _thresholds(test, fold_of_row, found.threshold, find, otherwise=np.inf)
    probabilities = test.probabilities[MODEL]
    accepted = (probabilities.max(axis=1) >= thresholds) & test.answered
    right = predicted_classes(probabilities) == test.classes
    return AcceptanceReport(
        min_accuracy=min_accuracy,
        threshold=found.threshold,
        rows=rows,
        out_of_fold=fold_of_row is not None,
        accepted=found.accepted,
        accuracy_at_least=round(found.accuracy_at_least, 6),
        test_share=wilson(int(accepted.sum()), len(accepted)),
        test_accuracy=wilson(int(right[accepted].sum()), int(accepted.sum())),
    )


def label_set_report(
    coverage: float | None,
    calibration: SplitScores | None,
    test: SplitScores,
    fold_of_row: IntArray | None = None,
) -> LabelSetReport | None:
    """Find from which probability on labels belong to sets that hold the right one as often as was asked for.

    Args:
        coverage: How often.
        calibration: Rows kept aside, or judged out of fold.
        test: Rows that measure what comes of it.
        fold_of_row: Where these are the same rows, the fold of each `[n]`: the others measure it.
    """
    if coverage is None:
        return None
    rows = 0 if calibration is None else len(calibration.classes)
    threshold = None if calibration is None else _set_threshold_of(calibration, coverage)
    if threshold is None:
        reason = _("{rows:,} rows to find a threshold on are too few", rows=rows)
        return LabelSetReport(coverage=coverage, threshold=None, rows=rows, reason=reason)
    find = partial(_set_threshold_of, coverage=coverage)
    # Where the others are too few, every label is in every set.
    thresholds = _thresholds(test, fold_of_row, threshold, find, otherwise=0.0)
    sets = conformal_sets(test.probabilities[MODEL], thresholds[:, np.newaxis])
    held = sets[np.arange(len(sets)), test.classes]
    return LabelSetReport(
        coverage=coverage,
        threshold=threshold,
        rows=rows,
        out_of_fold=fold_of_row is not None,
        test_coverage=wilson(int(held.sum()), len(held)),
        mean_size=round(float(sets.sum(axis=1).mean()), 3),
    )


def _threshold_of(scores: SplitScores, min_accuracy: float) -> AcceptanceThreshold | None:
    # A row without an answer goes to a person anyway.
    answered = scores.of(scores.answered)
    return find_threshold(answered.classes, answered.probabilities[MODEL], min_accuracy)


def _threshold_value(scores: SplitScores, min_accuracy: float) -> float | None:
    found = _threshold_of(scores, min_accuracy)
    return found.threshold if found else None


def _set_threshold_of(scores: SplitScores, coverage: float) -> float | None:
    return conformal_threshold(scores.classes, scores.probabilities[MODEL], coverage)


def _thresholds(
    scores: SplitScores,
    fold_of_row: IntArray | None,
    threshold: float,
    find: Callable[[SplitScores], float | None],
    *,
    otherwise: float,
) -> FloatArray:
    """Return the threshold by which each row is measured `[n]`: one for all, or that of the other folds."""
    thresholds = np.full(len(scores.classes), threshold)
    if fold_of_row is not None:
        for fold in np.unique(fold_of_row):
            found = find(scores.of(fold_of_row != fold))
            thresholds[fold_of_row == fold] = otherwise if found is None else found
    return thresholds


def cost_matrix(
    costs: Mapping[str, Mapping[str, float]] | None, labels: Sequence[str]
) -> tuple[tuple[float, ...], ...] | None:
    """Return what deciding for a class (column) costs where another is true (row), `[C, C]`.

    A mistake whose cost is not stated costs 1, the right decision nothing.
    """
    if not costs:
        return None
    return tuple(
        tuple(float(costs.get(true, {}).get(decided, true != decided)) for decided in labels) for true in labels
    )


def decisions_of(
    acceptance: AcceptanceReport | None, label_sets: LabelSetReport | None, costs: tuple[tuple[float, ...], ...] | None
) -> Decisions:
    """Return what the bundle is to do with its answers."""
    return Decisions(
        acceptance=acceptance and Acceptance(min_accuracy=acceptance.min_accuracy, threshold=acceptance.threshold),
        label_sets=label_sets and LabelSets(coverage=label_sets.coverage, threshold=label_sets.threshold),
        costs=costs,
    )
