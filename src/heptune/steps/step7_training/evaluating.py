"""All that is said of the scored rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from heptune.evaluation.failure_shapes import failure_shapes
from heptune.evaluation.intervals import wilson
from heptune.evaluation.predictions import IntArray, predicted_classes
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import adjusted, compare_accuracy, compare_macro_f1
from heptune.evaluation.slices import score_slices
from heptune.opponents import OpponentAnswers
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.failures import FailureShape, Mistake, Slice
from heptune.schemas.goal import Goal
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.training import Comparison, OpponentScores
from heptune.steps.step7_training.calibration import FoldedTemperature, calibration_report
from heptune.steps.step7_training.decisions import acceptance_report, label_set_report
from heptune.steps.step7_training.failures import LEAST_SHARE, row_groups, surest_mistakes
from heptune.steps.step7_training.scoring import MODEL, SplitScores


@dataclass(frozen=True, slots=True)
class Evaluated:
    """See the fields of the same names in `RunResult`."""

    test: TestScores
    baselines: dict[str, TestScores]
    opponents: tuple[OpponentScores, ...]
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
    *,
    goal: Goal,
    dataset: DatasetSplits,
    plan: EvaluationPlan,
    method: str,
    folded: FoldedTemperature,
    opponents: Sequence[OpponentAnswers] = (),
    columns: pa.Table | None = None,
) -> Evaluated:
    """Evaluate what was planned.

    Args:
        scored: All splits that were scored.
        rows: The test rows.
        goal: Says what is asked of answers.
        dataset: Knows the classes and the scripts.
        plan: Fixed before training.
        method: Name of the method.
        folded: What was done to the last layer.
        opponents: Answers of what the user has today.
        columns: Further columns of the test rows, by whose values they are looked at apart.
    """
    test, kept_aside = scored["test"], scored.get("calibration")
    probabilities, names = test.probabilities[MODEL], dataset.label_names
    scores = _score_all(test, names, plan)
    scripts = [script for script, share in dataset.scripts.items() if share >= LEAST_SHARE]
    right = predicted_classes(probabilities) == test.classes
    return Evaluated(
        test=scores.pop(MODEL),
        baselines=scores,
        opponents=tuple(_score_opponent(one, test.classes) for one in opponents),
        comparisons=_compare(test, plan, opponents, method=method),
        calibration=calibration_report(folded, test.classes, probabilities),
        acceptance=acceptance_report(goal.min_accepted_accuracy, kept_aside, test),
        label_sets=label_set_report(goal.set_coverage, kept_aside, test),
        shapes=failure_shapes(test.classes, probabilities, names),
        slices=score_slices(right, row_groups(rows, test.truncated, scripts, columns)),
        mistakes=surest_mistakes(test, rows["position"].to_numpy(), names),
    )


def _score_all(scored: SplitScores, names: Sequence[str], plan: EvaluationPlan) -> dict[str, TestScores]:
    return {
        name: score_predictions(scored.classes, probabilities, names, draws=plan.bootstrap_draws, seed=plan.seed)
        for name, probabilities in scored.probabilities.items()
    }


def _score_opponent(opponent: OpponentAnswers, classes: IntArray) -> OpponentScores:
    answered = opponent.answered
    rows = int(answered.sum())
    hits = int((opponent.predicted[answered] == classes[answered]).sum())
    return OpponentScores(name=opponent.name, rows=rows, unknown=opponent.unknown, accuracy=wilson(hits, rows))


def _compare(
    scored: SplitScores, plan: EvaluationPlan, opponents: Sequence[OpponentAnswers], *, method: str
) -> tuple[Comparison, ...]:
    """Compare with each baseline on all rows, and with each opponent on those that it answered."""
    # The baseline tfidf is the method tfidf, and no further test.
    itself = {"tfidf"} if method == "tfidf" else set()
    predictions = {name: predicted_classes(probabilities) for name, probabilities in scored.probabilities.items()}
    model, draws, seed = predictions[MODEL], plan.bootstrap_draws, plan.seed
    pairs: dict[str, tuple[IntArray, IntArray, IntArray]] = {
        name: (scored.classes, model, predictions[name]) for name in plan.baselines
    }
    pairs |= {
        one.name: (scored.classes[one.answered], model[one.answered], one.predicted[one.answered]) for one in opponents
    }
    accuracy = adjusted({name: compare_accuracy(*pair, draws=draws, seed=seed) for name, pair in pairs.items()}, itself)
    macro_f1: Mapping[str, PairedComparison] = {}
    if plan.primary_metric == "macro_f1":
        # An answer that is no class would count as a class without rows.
        whole = pairs.keys() - {one.name for one in opponents if one.unknown}
        compared = {
            name: compare_macro_f1(*pair, draws=draws, seed=seed) for name, pair in pairs.items() if name in whole
        }
        macro_f1 = adjusted(compared, itself)
    return tuple(Comparison(baseline=name, accuracy=accuracy[name], macro_f1=macro_f1.get(name)) for name in pairs)
