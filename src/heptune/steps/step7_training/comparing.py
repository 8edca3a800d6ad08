"""The model against baselines and opponents, on the same rows."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from heptune.evaluation.clusters import clusters_of
from heptune.evaluation.judging import compare_rows
from heptune.evaluation.predictions import IntArray, predicted_classes
from heptune.evaluation.repetitions import mean_comparison
from heptune.evaluation.significance import adjusted
from heptune.opponents import OpponentAnswers
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.scores import PairedComparison, PairedMetric
from heptune.schemas.training import Comparison
from heptune.steps.step7_training.scoring import MODEL, SplitScores


def compare(
    repetitions: Sequence[SplitScores],
    plan: EvaluationPlan,
    opponents: Sequence[OpponentAnswers],
    groups: IntArray | None,
    *,
    method: str,
) -> tuple[Comparison, ...]:
    """Compare with each baseline on all rows, and with each opponent on those that it answered.

    Args:
        repetitions: Scores of the test rows, once or several times over.
        plan: Fixed before training.
        opponents: Answers of what the user has today.
        groups: Group of each test row, where they come in some that are alike `[n]`.
        method: Name of the method.
    """
    # The baseline tfidf is the method tfidf, and no further test.
    itself = {"tfidf"} if method == "tfidf" else set()
    accuracy = adjusted(_compare_with_all("accuracy", repetitions, plan, opponents, groups), itself)
    macro_f1: Mapping[str, PairedComparison] = {}
    if plan.primary_metric == "macro_f1":
        # An answer that is no class would count as a class without rows.
        whole = [one for one in opponents if not one.unknown]
        macro_f1 = adjusted(_compare_with_all("macro_f1", repetitions, plan, whole, groups), itself)
    return tuple(Comparison(baseline=name, accuracy=one, macro_f1=macro_f1.get(name)) for name, one in accuracy.items())


def _compare_with_all(
    metric: PairedMetric,
    repetitions: Sequence[SplitScores],
    plan: EvaluationPlan,
    opponents: Sequence[OpponentAnswers],
    groups: IntArray | None,
) -> dict[str, PairedComparison]:
    """Compare with each baseline and opponent, by name."""

    def compare_one(scored: SplitScores, predicted: IntArray, rows: npt.NDArray[np.bool_]) -> PairedComparison:
        model = predicted_classes(scored.probabilities[MODEL])
        clusters = None if groups is None else clusters_of(groups[rows])
        answers = (scored.classes[rows], model[rows], predicted[rows], clusters)
        return compare_rows(metric, *answers, draws=plan.bootstrap_draws, seed=plan.seed)

    def compare_each(scored: SplitScores) -> dict[str, PairedComparison]:
        everything = np.ones(len(scored.classes), dtype=bool)
        others: dict[str, tuple[IntArray, npt.NDArray[np.bool_]]] = {
            name: (predicted_classes(scored.probabilities[name]), everything) for name in plan.baselines
        }
        others |= {one.name: (one.predicted, one.answered) for one in opponents}
        return {name: compare_one(scored, *other) for name, other in others.items()}

    compared = [compare_each(one) for one in repetitions]
    return {name: mean_comparison([one[name] for one in compared]) for name in compared[0]}
