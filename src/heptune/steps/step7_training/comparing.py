"""The model against baselines and opponents, on the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heptune.evaluation.clustered_significance import compare_accuracy_by_cluster, compare_macro_f1_by_cluster
from heptune.evaluation.clusters import Clusters, clusters_of
from heptune.evaluation.predictions import IntArray, predicted_classes
from heptune.evaluation.repetitions import mean_comparison
from heptune.evaluation.significance import adjusted, compare_accuracy, compare_macro_f1
from heptune.opponents import OpponentAnswers
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.scores import PairedComparison
from heptune.schemas.training import Comparison
from heptune.steps.step7_training.scoring import MODEL, SplitScores


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Answers of the model and of another to the rows that the other answered.

    Attributes:
        classes: True ones, int `[m]`.
        model: The model's, int `[m]`.
        other: The other's, int `[m]`.
        clusters: Of the rows; None where each stands for itself.
        draws: Of the bootstrap.
        seed: Of the draws.
    """

    classes: IntArray
    model: IntArray
    other: IntArray
    clusters: Clusters | None
    draws: int
    seed: int

    def accuracy(self) -> PairedComparison:
        """Compare in accuracy."""
        answers = (self.classes, self.model, self.other)
        if self.clusters is None:
            return compare_accuracy(*answers, draws=self.draws, seed=self.seed)
        return compare_accuracy_by_cluster(*answers, self.clusters, draws=self.draws, seed=self.seed)

    def macro_f1(self) -> PairedComparison:
        """Compare in macro-F1."""
        answers = (self.classes, self.model, self.other)
        if self.clusters is None:
            return compare_macro_f1(*answers, draws=self.draws, seed=self.seed)
        return compare_macro_f1_by_cluster(*answers, self.clusters, draws=self.draws, seed=self.seed)


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
    pairs = [_pairs(one, plan, opponents, groups) for one in repetitions]
    names = tuple(pairs[0])
    of_accuracy = {name: mean_comparison([one[name].accuracy() for one in pairs]) for name in names}
    accuracy = adjusted(of_accuracy, itself)
    macro_f1: Mapping[str, PairedComparison] = {}
    if plan.primary_metric == "macro_f1":
        # An answer that is no class would count as a class without rows.
        whole = set(names) - {one.name for one in opponents if one.unknown}
        compared = {name: mean_comparison([one[name].macro_f1() for one in pairs]) for name in names if name in whole}
        macro_f1 = adjusted(compared, itself)
    return tuple(Comparison(baseline=name, accuracy=accuracy[name], macro_f1=macro_f1.get(name)) for name in names)


def _pairs(
    scored: SplitScores, plan: EvaluationPlan, opponents: Sequence[OpponentAnswers], groups: IntArray | None
) -> dict[str, Pair]:
    """Return what the model is compared with, by name."""
    predictions = {name: predicted_classes(probabilities) for name, probabilities in scored.probabilities.items()}
    everything = np.ones(len(scored.classes), dtype=bool)
    others: dict[str, tuple[IntArray, npt.NDArray[np.bool_]]] = {
        name: (predictions[name], everything) for name in plan.baselines
    }
    others |= {one.name: (one.predicted, one.answered) for one in opponents}
    return {
        name: Pair(
            scored.classes[rows],
            predictions[MODEL][rows],
            predicted[rows],
            None if groups is None else clusters_of(groups[rows]),
            draws=plan.bootstrap_draws,
            seed=plan.seed,
        )
        for name, (predicted, rows) in others.items()
    }
