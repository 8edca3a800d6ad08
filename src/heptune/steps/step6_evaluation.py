"""Step 6: how success is measured, fixed before training."""

from pydantic import Field

from heptune.data.rows import open_rows
from heptune.errors import InvalidInputError
from heptune.evaluation.metrics import METRICS, find_metric
from heptune.i18n import _
from heptune.methods.baselines import fit_baselines
from heptune.schemas.config import Config
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan, PlannedMetric
from heptune.schemas.goal import Goal
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

ARTIFACT = "baselines"
BOOTSTRAP_DRAWS = 2_000
PRIMARY_METRIC = "macro_f1"
INTERVALS = {"accuracy": "wilson", "macro_f1": "bootstrap", "log_loss": "bootstrap"}


class EvaluationConfig(Config):
    """How success is measured."""

    primary_metric: str | None = Field(
        None,
        description="The metric that counts (accuracy, macro_f1, log_loss, ece); it chooses the best epoch where there "
        "are validation rows. Without it, the requirement's metric, else macro_f1.",
    )


def plan_evaluation(run: Run, config: EvaluationConfig, goal: Goal, dataset: DatasetSplits) -> EvaluationPlan:
    """Fix metrics and requirement, and fit the baselines on the training rows.

    Raises:
        UsageError: a metric's name is unknown.
        InvalidInputError: there is nothing to measure on.
    """
    _check_test_rows(dataset)
    required = goal.requirement.metric if goal.requirement else PRIMARY_METRIC
    primary = find_metric(config.primary_metric or required, where="evaluation.primary_metric")
    train = open_rows(run.folder / "dataset" / "train.arrow")
    with run.artifact_folder(ARTIFACT) as folder:
        baselines = fit_baselines(train, folder, class_count=len(dataset.labels), check=run.interruption.check)
    metrics = [
        PlannedMetric.model_validate(
            {"name": metric.name, "direction": metric.direction, "interval": INTERVALS.get(metric.name)}
        )
        for metric in METRICS.values()
    ]
    return EvaluationPlan(
        metrics=tuple(metrics),
        primary_metric=primary.name,
        primary_direction=primary.direction,
        baselines=baselines,
        bootstrap_draws=BOOTSTRAP_DRAWS,
        seed=0,
        test_rows=dataset.splits["test"].rows,
    )


def _check_test_rows(dataset: DatasetSplits) -> None:
    if dataset.splits["test"].rows == 0:
        raise InvalidInputError(
            _("There is no row to test on."),
            code="no_test_rows",
            expected=_("test rows with a text and a label, or enough rows to set some aside"),
            remedy=_("Add rows, or give test rows with --test."),
        )


STEP = Step(EvaluationPlan, plan_evaluation, libraries=("scikit-learn",))
