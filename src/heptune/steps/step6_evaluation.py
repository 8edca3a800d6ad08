"""Step 6: how success is measured, fixed before training."""

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from heptune.checks import h601_label_noise
from heptune.checks.stored_rows import stored_rows
from heptune.data.rows import open_rows
from heptune.errors import InvalidInputError
from heptune.evaluation.intervals import DRAWS
from heptune.evaluation.metrics import METRICS, find_metric
from heptune.i18n import Sentence, _
from heptune.methods.baselines import Encoder, baselines_of, fit_baselines
from heptune.methods.method import Watch
from heptune.opponents import check_opponent, describe_opponent, refuse_same_names
from heptune.schemas.config import Config, checked_by
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import BaselineName, EvaluationPlan, Opponent, PlannedMetric
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.artifacts import MANIFEST, sha256_of_file
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

ARTIFACT = "baselines"
PRIMARY_METRIC = "macro_f1"
LEARNT_SPLITS = ("train", "validation", "calibration")


class EvaluationConfig(Config):
    """How success is measured."""

    primary_metric: Annotated[str | None, checked_by(partial(find_metric, where="evaluation.primary_metric"))] = Field(
        None,
        description="The metric that counts (accuracy, macro_f1, log_loss, ece); it chooses the best epoch where there "
        "are validation rows. Without it, the requirement's metric, else macro_f1.",
    )
    baselines: tuple[BaselineName, ...] | None = Field(
        None,
        description="What the model is compared with: majority, tfidf and, where all weights are tuned, linear-probe, "
        "the same model with its weights as they were, which takes a pass of the network over all rows. Without it, "
        "all that there are.",
    )
    against: tuple[str, ...] = Field(
        (),
        description="What there is today, to compare with on the same test rows: files with texts and answers (of "
        "rules, of a person, of a service), which are tied to the rows by the text, or bundles of earlier runs.",
    )
    robustness: bool = Field(
        False,
        description="Whether to count how often typos, case, punctuation, white space, accents, links and mentions "
        "change an answer, on up to 1,000 test rows; it takes up to eight more scorings of these.",
    )


def plan_evaluation(
    run: Run,
    config: EvaluationConfig,
    goal: Goal,
    sources: Sources,
    dataset: DatasetSplits,
    _tokens: TokenizedDataset,
    model: ModelInfo,
    *,
    encoder: Encoder | None,
) -> EvaluationPlan:
    """Fix metrics and requirement, and fit the baselines on the training rows.

    Raises:
        InvalidInputError: there is nothing to measure on, or answers to compare with do not fit.
        MissingError: there is nothing to compare with where it is said to be.
        UsageError: two things to compare with have the same name.
    """
    _check_test_rows(dataset)
    opponents, warnings = _opponents(run, config, sources, dataset)
    required = goal.requirement.metric if goal.requirement else PRIMARY_METRIC
    primary = find_metric(config.primary_metric or required)
    names = baselines_of(sources.method)
    with run.artifact_folder(ARTIFACT) as folder:
        baselines = fit_baselines(
            names if config.baselines is None else [name for name in names if name in config.baselines],
            {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits},
            folder,
            class_count=len(dataset.labels),
            encoder=encoder,
            watch=Watch(check=run.interruption.check, progress=run.events.emit, notice=run.notice),
        )
    learnt = stored_rows(run.folder / "dataset", sources, dataset, LEARNT_SPLITS, poll=run.interruption.check)
    return EvaluationPlan(
        metrics=tuple(
            PlannedMetric(name=metric.name, direction=metric.direction, interval=metric.interval)
            for metric in METRICS.values()
        ),
        primary_metric=primary.name,
        primary_direction=primary.direction,
        baselines=baselines,
        baselines_sha256=sha256_of_file(run.folder / ARTIFACT / MANIFEST),
        bootstrap_draws=DRAWS,
        seed=0,
        test_rows=dataset.splits["test"].rows,
        cross_validated=dataset.cross_validation is not None,
        against=opponents,
        warnings=warnings,
        robustness=config.robustness,
        findings=(h601_label_noise.IN_RUN.finding(learnt, dataset.muted),),
    )


def _opponents(
    run: Run, config: EvaluationConfig, sources: Sources, dataset: DatasetSplits
) -> tuple[tuple[Opponent, ...], tuple[Sentence, ...]]:
    """Return what is to be compared with, looked at once already so that faults are told before training; warnings."""
    rows = open_rows(run.folder / "dataset" / "test.arrow") if config.against else None
    opponents, warnings = [], []
    files = sources.data.files
    # Those that the test rows are from.
    digests = [file.sha256 for file in files if file.part == "test"] or [file.sha256 for file in files]
    for place in map(Path, config.against):
        opponents.append(describe_opponent(place))
        if rows is not None and (warning := check_opponent(opponents[-1], place, rows, dataset, digests)):
            warnings.append(warning)
    refuse_same_names(opponents)
    return tuple(opponents), tuple(warnings)


def _check_test_rows(dataset: DatasetSplits) -> None:
    if dataset.splits["test"].rows == 0:
        raise InvalidInputError(
            _("There is no row to test on."),
            code="no_test_rows",
            expected=_("test rows with a text and a label, or enough rows to set some aside"),
            remedy=_("Add rows, or give test rows with --test."),
        )


STEP = Step(EvaluationPlan, plan_evaluation, libraries=("torch", "transformers", "scikit-learn"))
