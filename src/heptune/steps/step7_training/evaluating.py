"""All that is said of the scored rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.evaluation.clusters import Clusters, clusters_of
from heptune.evaluation.failure_shapes import failure_shapes
from heptune.evaluation.judging import score_rows, share_score
from heptune.evaluation.predictions import IntArray, predicted_classes
from heptune.evaluation.repetitions import mean_slice, mean_test_scores
from heptune.evaluation.slices import RowGroup, score_slices
from heptune.opponents import OpponentAnswers
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.failures import FailureShape, Mistake, Slice
from heptune.schemas.goal import Goal
from heptune.schemas.scores import TestScores
from heptune.schemas.training import Comparison, CrossValidated, OpponentScores
from heptune.steps.step7_training.calibration import FoldedTemperature, calibration_report
from heptune.steps.step7_training.comparing import compare
from heptune.steps.step7_training.decisions import acceptance_report, label_set_report
from heptune.steps.step7_training.failures import row_groups, surest_mistakes
from heptune.steps.step7_training.scoring import MODEL, SplitScores


@dataclass(frozen=True, slots=True)
class Evaluated:
    """See the fields of the same names in `RunResult`."""

    test: TestScores
    cross_validation: CrossValidated | None
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
    scored: Mapping[str, Sequence[SplitScores]],
    rows: pa.Table,
    *,
    goal: Goal,
    dataset: DatasetSplits,
    plan: EvaluationPlan,
    method: str,
    folded: FoldedTemperature,
    fold_of_row: IntArray | None = None,
    fold_seconds: float | None = None,
    opponents: Sequence[OpponentAnswers] = (),
    columns: pa.Table | None = None,
    groups: IntArray | None = None,
) -> Evaluated:
    """Evaluate what was planned.

    Args:
        scored: All splits that were scored, with their repetitions.
        rows: The test rows.
        goal: Says what is asked of answers.
        dataset: Knows the classes, the scripts and the languages.
        plan: Fixed before training.
        method: Name of the method.
        folded: What was done to the last layer.
        fold_of_row: Fold of each test row in the first repetition `[n]`; None where they were not judged out of fold.
        fold_seconds: What judging the test rows out of fold took; None where they were not.
        opponents: Answers of what the user has today.
        columns: Further columns of the test rows, by whose values they are looked at apart.
        groups: Group of each test row, where they come in some that are alike `[n]`.
    """
    repetitions, names = scored["test"], dataset.label_names
    test = repetitions[0]
    # Rows judged out of fold serve for thresholds too.
    kept_aside = scored.get("calibration", (None,))[0] if fold_of_row is None else test
    clusters = None if groups is None else clusters_of(groups)
    scores = _score_all(repetitions, names, plan, clusters)
    looked_at = row_groups(rows, test.truncated, dataset.scripts, dataset.languages, columns)
    answers = [one.probabilities[MODEL] for one in repetitions]
    return Evaluated(
        test=scores.pop(MODEL),
        cross_validation=_cross_validated(repetitions, dataset, fold_seconds, clusters),
        baselines=scores,
        opponents=tuple(_score_opponent(one, test.classes, clusters) for one in opponents),
        comparisons=compare(repetitions, plan, opponents, groups, method=method),
        calibration=calibration_report(folded, test.classes, answers),
        acceptance=acceptance_report(goal.min_accepted_accuracy, kept_aside, test, fold_of_row),
        label_sets=label_set_report(goal.set_coverage, kept_aside, test, fold_of_row),
        shapes=failure_shapes(test.classes, answers[0], names),
        slices=_score_slices(repetitions, looked_at, clusters),
        mistakes=surest_mistakes(test, rows["position"].to_numpy(), names),
    )


def _score_all(
    repetitions: Sequence[SplitScores], names: Sequence[str], plan: EvaluationPlan, clusters: Clusters | None
) -> dict[str, TestScores]:
    def score(one: SplitScores, name: str) -> TestScores:
        probabilities = one.probabilities[name]
        return score_rows(one.classes, probabilities, names, clusters, draws=plan.bootstrap_draws, seed=plan.seed)

    classifiers = repetitions[0].probabilities
    return {name: mean_test_scores([score(one, name) for one in repetitions]) for name in classifiers}


def _cross_validated(
    repetitions: Sequence[SplitScores], dataset: DatasetSplits, seconds: float | None, clusters: Clusters | None
) -> CrossValidated | None:
    if dataset.cross_validation is None or seconds is None:
        return None
    accuracies = tuple(share_score(_right(one), np.ones_like(_right(one)), clusters) for one in repetitions)
    return CrossValidated(folds=dataset.cross_validation.folds, accuracies=accuracies, seconds=seconds)


def _score_slices(
    repetitions: Sequence[SplitScores], groups: Sequence[RowGroup], clusters: Clusters | None
) -> tuple[Slice, ...]:
    scored = [score_slices(_right(one), groups, clusters) for one in repetitions]
    return tuple(mean_slice(slices) for slices in zip(*scored, strict=True))


def _right(scored: SplitScores) -> npt.NDArray[np.bool_]:
    right: npt.NDArray[np.bool_] = predicted_classes(scored.probabilities[MODEL]) == scored.classes
    return right


def _score_opponent(opponent: OpponentAnswers, classes: IntArray, clusters: Clusters | None) -> OpponentScores:
    answered, right = opponent.answered, opponent.predicted == classes
    rows = int(answered.sum())
    accuracy = share_score(right, answered, clusters)
    return OpponentScores(name=opponent.name, rows=rows, unknown=opponent.unknown, accuracy=accuracy)
