"""All that is said of the scored rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.evaluation.failure_shapes import failure_shapes
from heptune.evaluation.predictions import predicted_classes
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import adjusted, compare_accuracy, compare_macro_f1
from heptune.evaluation.slices import score_slices
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.evaluation import BaselineName, EvaluationPlan
from heptune.schemas.failures import FailureShape, Mistake, Slice
from heptune.schemas.goal import Goal
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.training import Comparison
from heptune.steps.step7_training.calibration import FoldedTemperature, calibration_report
from heptune.steps.step7_training.decisions import acceptance_report, label_set_report
from heptune.steps.step7_training.failures import LEAST_SHARE, row_groups, surest_mistakes
from heptune.steps.step7_training.scoring import MODEL, SplitScores


@dataclass(frozen=True, slots=True)
class Evaluated:
    """See the fields of the same names in `RunResult`."""

    test: TestScores
    baselines: dict[str, TestScores]
    comparisons: tuple[Comparison, ...]
    calibration: CalibrationReport
    acceptance: AcceptanceReport | None
    label_sets: LabelSetReport | None
    shapes: tuple[FailureShape, ...]
    slices: tuple[Slice, ...]
    mistakes: tuple[Mistake, ...]


def evaluate(
    scored: Mapping[str, SplitScores],
    rows: pa.Table,
    truncated: npt.NDArray[np.bool_],
    *,
    goal: Goal,
    dataset: DatasetSplits,
    plan: EvaluationPlan,
    method: str,
    folded: FoldedTemperature,
) -> Evaluated:
    """Evaluate what was planned.

    Args:
        scored: All splits that were scored.
        rows: The test rows.
        truncated: Which of them are longer than the model reads `[n]`.
        goal: Says what is asked of answers.
        dataset: Knows the classes and the scripts.
        plan: Fixed before training.
        method: Name of the method.
        folded: What was done to the last layer.
    """
    test, kept_aside = scored["test"], scored.get("calibration")
    probabilities, names = test.probabilities[MODEL], dataset.label_names
    scores = _score_all(test, names, plan)
    scripts = [script for script, share in dataset.scripts.items() if share >= LEAST_SHARE]
    right = predicted_classes(probabilities) == test.classes
    return Evaluated(
        test=scores.pop(MODEL),
        baselines=scores,
        comparisons=_compare(test, plan, method=method),
        calibration=calibration_report(folded, test.classes, probabilities),
        acceptance=acceptance_report(goal.min_accepted_accuracy, kept_aside, test),
        label_sets=label_set_report(goal.set_coverage, kept_aside, test),
        shapes=failure_shapes(test.classes, probabilities, names),
        slices=score_slices(right, row_groups(rows, truncated, scripts)),
        mistakes=surest_mistakes(test, rows["position"].to_numpy(), names),
    )


def _score_all(scored: SplitScores, names: Sequence[str], plan: EvaluationPlan) -> dict[str, TestScores]:
    return {
        name: score_predictions(scored.classes, probabilities, names, draws=plan.bootstrap_draws, seed=plan.seed)
        for name, probabilities in scored.probabilities.items()
    }


def _compare(scored: SplitScores, plan: EvaluationPlan, *, method: str) -> tuple[Comparison, ...]:
    # The baseline tfidf is the method tfidf, and no further test.
    itself = {"tfidf"} if method == "tfidf" else set()
    predictions = {name: predicted_classes(probabilities) for name, probabilities in scored.probabilities.items()}
    draws, seed, by_macro_f1 = plan.bootstrap_draws, plan.seed, plan.primary_metric == "macro_f1"
    pairs = {name: (scored.classes, predictions[MODEL], predictions[name]) for name in plan.baselines}
    accuracy = adjusted({name: compare_accuracy(*pair, draws=draws, seed=seed) for name, pair in pairs.items()}, itself)
    macro_f1: Mapping[BaselineName, PairedComparison] = {}
    if by_macro_f1:
        compared = {name: compare_macro_f1(*pair, draws=draws, seed=seed) for name, pair in pairs.items()}
        macro_f1 = adjusted(compared, itself)
    return tuple(Comparison(baseline=name, accuracy=accuracy[name], macro_f1=macro_f1.get(name)) for name in pairs)
