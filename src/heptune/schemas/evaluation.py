"""Step 6's result: how success is measured, fixed before training."""

from typing import ClassVar, Literal, Self, get_args

from heptune.schemas.finding import CheckedResult
from heptune.schemas.record import Record
from heptune.schemas.score import IntervalMethod

BaselineName = Literal["majority", "tfidf", "linear-probe"]
BASELINES: frozenset[str] = frozenset(get_args(BaselineName))


class PlannedMetric(Record):
    """A metric that will be computed, and which way is better."""

    name: str
    direction: Literal["maximize", "minimize"]
    interval: IntervalMethod | None


class Opponent(Record):
    """What the user has today, to compare with.

    Attributes:
        name: Of its file or of its run.
        kind: Answers in a file, or an earlier bundle.
        sha256: Of the file, or of the bundle's manifest.
    """

    name: str
    kind: Literal["answers", "bundle"]
    sha256: str


class EvaluationPlan(CheckedResult):
    """What will be computed on the test rows, and against what.

    Attributes:
        metrics: All of them.
        primary_metric: The one that counts; it chooses the best epoch where there are validation rows.
        primary_direction: Which way it is better.
        baselines: Names of the baselines fitted on train; they lie in `baselines/`.
        baselines_sha256: Of their manifest; training may begin from one of them.
        bootstrap_draws: Draws of every bootstrap.
        seed: Of the bootstrap.
        test_rows: How many rows the scores will rest on.
        cross_validated: Whether these are the rows to learn from, each judged by models that did not learn from it.
        against: What else the model is compared with on them.
        robustness: Whether to count how often small changes of the texts change the answers.
    """

    step_number: ClassVar[int] = 6
    step_name: ClassVar[str] = "evaluation"

    metrics: tuple[PlannedMetric, ...]
    primary_metric: str
    primary_direction: Literal["maximize", "minimize"]
    baselines: tuple[BaselineName, ...]
    baselines_sha256: str
    bootstrap_draws: int
    seed: int
    test_rows: int
    cross_validated: bool = False
    against: tuple[Opponent, ...] = ()
    robustness: bool = False

    def for_training(self) -> Self:
        """Return what training depends on: what is measured besides afterwards changes nothing in it."""
        return self.without_findings().model_copy(update={"against": (), "robustness": False, "warnings": ()})
