"""From what the goal asks of answers to thresholds, by the rows kept aside; the test rows measure what came of it."""

from collections.abc import Mapping, Sequence

import numpy as np

from heptune.evaluation.abstention import conformal_sets, conformal_threshold, fewest_rows, find_threshold
from heptune.evaluation.intervals import wilson
from heptune.evaluation.predictions import predicted_classes
from heptune.i18n import _
from heptune.schemas.decisions import Acceptance, AcceptanceReport, Decisions, LabelSetReport, LabelSets
from heptune.steps.step7_training.scoring import MODEL, SplitScores


def acceptance_report(
    min_accuracy: float | None, calibration: SplitScores | None, test: SplitScores
) -> AcceptanceReport | None:
    """Find the threshold that was asked for; None where none was."""
    if min_accuracy is None:
        return None
    rows = 0 if calibration is None else len(calibration.classes)
    found = calibration and find_threshold(calibration.classes, calibration.probabilities[MODEL], min_accuracy)
    if not found:
        least = fewest_rows(min_accuracy)
        reason = (
            _("it takes at least {least:,} rows kept aside, and there are {rows:,}", least=least, rows=rows)
            if rows < least
            else _(
                "even the surest answers to the {rows:,} rows kept aside are not right that often for sure", rows=rows
            )
        )
        return AcceptanceReport(min_accuracy=min_accuracy, threshold=None, rows=rows, reason=reason)
    probabilities = test.probabilities[MODEL]
    accepted = probabilities.max(axis=1) >= found.threshold
    right = predicted_classes(probabilities) == test.classes
    return AcceptanceReport(
        min_accuracy=min_accuracy,
        threshold=found.threshold,
        rows=rows,
        accepted=found.accepted,
        accuracy_at_least=round(found.accuracy_at_least, 6),
        test_share=wilson(int(accepted.sum()), len(accepted)),
        test_accuracy=wilson(int(right[accepted].sum()), int(accepted.sum())),
    )


def label_set_report(
    coverage: float | None, calibration: SplitScores | None, test: SplitScores
) -> LabelSetReport | None:
    """Find from which probability on labels belong to sets that hold the right one as often as was asked for."""
    if coverage is None:
        return None
    rows = 0 if calibration is None else len(calibration.classes)
    threshold = None
    if calibration is not None:
        threshold = conformal_threshold(calibration.classes, calibration.probabilities[MODEL], coverage)
    if threshold is None:
        reason = _("{rows:,} rows kept aside are too few", rows=rows)
        return LabelSetReport(coverage=coverage, threshold=None, rows=rows, reason=reason)
    sets = conformal_sets(test.probabilities[MODEL], threshold)
    held = sets[np.arange(len(sets)), test.classes]
    return LabelSetReport(
        coverage=coverage,
        threshold=threshold,
        rows=rows,
        test_coverage=wilson(int(held.sum()), len(held)),
        mean_size=round(float(sets.sum(axis=1).mean()), 3),
    )


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
