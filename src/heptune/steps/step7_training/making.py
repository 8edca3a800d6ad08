"""From the results of the steps before to a trained and scored classifier in its bundle."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from heptune.bundle.layout import RuntimeName
from heptune.bundle.write import describe_bundle
from heptune.data.folded_rows import FOLDS_FILE, open_folds
from heptune.evaluation.predictions import FloatArray
from heptune.i18n import _
from heptune.methods.baselines import Encoder, PredictProba, open_baseline
from heptune.methods.method import Method
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import DataFile, Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import PREDICTIONS
from heptune.steps.step7_training.calibration import (
    FoldedTemperature,
    calibration_scores,
    cross_fitted,
    fold_temperature,
)
from heptune.steps.step7_training.cross_validation import FoldTraining, judge_out_of_fold
from heptune.steps.step7_training.fitting import Fitted, fit_and_choose, watch_of
from heptune.steps.step7_training.scoring import MODEL, Answers, score_splits, with_mistakes
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.steps.step7_training.trained import Trained
from heptune.storage.run_store import Run
from heptune.storage.test_scorings import count_test_scoring

# Texts on which bf16 is compared with fp32.
PRECISION_ROWS = 128
RUNTIMES: dict[str, RuntimeName] = {"tfidf": "tfidf", "full": "torch", "linear-probe": "torch"}

OutOfFold = Sequence[Mapping[str, FloatArray]]


@dataclass(frozen=True, slots=True)
class Before:
    """Results of the steps before."""

    goal: Goal
    sources: Sources
    dataset: DatasetSplits
    tokens: TokenizedDataset
    model: ModelInfo
    plan: EvaluationPlan


def train(
    run: Run,
    config: TrainingConfig,
    before: Before,
    splits: Mapping[str, pa.Table],
    folder: Path,
    *,
    make_method: Callable[[], Method],
    encoder: Encoder | None,
) -> Trained:
    """Train, save into the bundle's folder, and score the held-out rows once: through it, or out of fold.

    Args:
        run: The run folder.
        config: How to train.
        before: Results of the steps before.
        splits: Rows by split.
        folder: Where the bundle goes.
        make_method: Makes a method that has learnt nothing yet.
        encoder: The network of a linear probe.

    Raises:
        UsageError: training diverges with these settings.
        InvalidInputError: the rows outside of a fold give no token.
        ResourceError: there is not enough memory.
    """
    dataset, plan = before.dataset, before.plan
    announce_folds(run, before.goal, dataset)
    minutes = minutes_each(before.goal, dataset)
    seed = before.model.seed
    fitted = fit_and_choose(run, config, minutes, splits, plan, make_method, model_seed=seed, dataset=dataset)
    judged, seconds = _judge(run, config, before, splits, fitted, make_method=make_method, encoder=encoder)
    folded, answers = _calibrate(run, fitted.method, splits, judged)
    fitted.method.save(folder)
    # Scoring is to be in fp32 where training is: nobody looks at bf16 then.
    sample = [] if config.precision == "fp32" else splits["train"]["text"].slice(0, PRECISION_ROWS).to_pylist()
    predictor = describe_bundle(
        folder,
        runtime=RUNTIMES[before.sources.method],
        labels=dataset.labels,
        max_length=before.tokens.length_limit,
        provenance=_provenance(before.sources, dataset, fitted),
        sample=sample,
    )
    baselines: dict[str, PredictProba] = {
        name: open_baseline(name, run.folder / "baselines", encoder, sample) for name in plan.baselines
    }
    # Before: a run that breaks off in between may have shown its scores already.
    scorings = count_test_scoring(dataset.splits["test"].sha256, str(run.folder.resolve()))
    with run.artifact_file(PREDICTIONS) as path:
        scored = score_splits(
            run,
            path,
            splits,
            Answers(predictor),
            baselines,
            class_count=len(dataset.labels),
            out_of_fold=answers,
        )
    return Trained(fitted.fit, fitted.seeds, folded, predictor.info, predictor.scoring, scored, seconds, scorings)


def minutes_each(goal: Goal, dataset: DatasetSplits) -> float | None:
    """Return how long one training may take, of those for cross-validation too; None for any time."""
    trainings = 1 + (dataset.cross_validation.trainings if dataset.cross_validation else 0)
    return goal.max_training_minutes and goal.max_training_minutes / trainings


def announce_folds(run: Run, goal: Goal, dataset: DatasetSplits) -> None:
    """Tell of the trainings besides the one that an estimate is for, where there are any."""
    if dataset.cross_validation is None:
        return
    run.notice(
        _(
            "{count} further trainings follow, on part of the rows each, to judge all rows by; "
            "dataset.test_share=0.2 does without",
            count=dataset.cross_validation.trainings,
        )
    )
    minutes = minutes_each(goal, dataset)
    if minutes is not None:
        run.notice(_("each of the trainings may take {minutes:.1f} min", minutes=minutes))


def _judge(
    run: Run,
    config: TrainingConfig,
    before: Before,
    splits: Mapping[str, pa.Table],
    fitted: Fitted,
    *,
    make_method: Callable[[], Method],
    encoder: Encoder | None,
) -> tuple[OutOfFold, float | None]:
    """Return what models of the folds answer, and how long that took; nothing where test rows are set aside."""
    dataset, plan = before.dataset, before.plan
    if dataset.cross_validation is None:
        return (), None
    share = dataset.cross_validation.validation_share
    training = FoldTraining(
        make_method=make_method,
        settings=config.settings(metric=plan.primary_metric, max_minutes=minutes_each(before.goal, dataset)),
        model_seed=fitted.model_seed,
        max_length=before.tokens.length_limit,
        class_count=len(dataset.labels),
        # As for the model that ships: the baseline chose its precision by itself.
        begins_from_probe=config.precision == "auto",
        baselines=plan.baselines,
        encoder=encoder,
        validation=splits["validation"] if share is None else None,
        validation_share=share or 0.0,
    )
    started = time.perf_counter()
    judged = judge_out_of_fold(training, splits["test"], open_folds(run.folder / "dataset" / FOLDS_FILE), watch_of(run))
    return judged, round(time.perf_counter() - started, 3)


def _calibrate(
    run: Run, method: Method, splits: Mapping[str, pa.Table], judged: OutOfFold
) -> tuple[FoldedTemperature, OutOfFold]:
    """Fold a temperature into the last layer, by the rows kept aside or by those judged out of fold.

    Returns:
        What was done, and the answers out of fold as they are with temperatures.
    """
    rows = splits["test"] if judged else splits.get("calibration")
    if rows is None:
        return fold_temperature(method, np.empty(0, dtype=np.int64), np.empty((0, 1))), ()
    labels = rows["label"].to_numpy()
    if not judged:
        return fold_temperature(method, labels, method.predict_proba(rows["text"].to_pylist())), ()
    folded = fold_temperature(method, labels, judged[0][MODEL])
    if folded.temperature is None:
        return folded, judged
    numbers = open_folds(run.folder / "dataset" / FOLDS_FILE).folds
    raw = [one[MODEL] for one in judged]
    before = calibration_scores(labels, [with_mistakes(one, labels) for one in raw])
    answers = [
        {**one, MODEL: cross_fitted(labels, one[MODEL], fold_of_row)}
        for one, fold_of_row in zip(judged, numbers, strict=True)
    ]
    return replace(folded, before=before), answers


def _provenance(sources: Sources, dataset: DatasetSplits, fitted: Fitted) -> dict[str, Any]:
    """Return what the bundle was made from; no text of the customer's and no path of this machine is in it."""
    source, fit = sources.model, fitted.fit
    return {
        "method": sources.method,
        "model": {
            "name": source.name if source else None,
            "commit": source.commit if source else None,
            "licence": source.licence if source else None,
            "files": source.files if source else {},
        },
        "data": {
            "name": sources.data.name,
            "text_column": dataset.text_column,
            "commit": sources.data.commit,
            "files": _digests(sources.data.files, of_test=False),
            "test_files": _digests(sources.data.files, of_test=True),
            # Where rows are judged by cross-validation this model learnt from those of test.
            "splits": {
                name: split.sha256
                for name, split in dataset.splits.items()
                if not (name == "test" and dataset.cross_validation)
            },
        },
        "model_seed": fitted.model_seed,
        "training": fit.settings,
        "precision": fit.precision,
        "fp32_from_epoch": fit.fp32_from_epoch,
        "device": fit.device,
    }


def _digests(files: Iterable[DataFile], *, of_test: bool) -> dict[str, str]:
    """Return the sha256 of the files of given test rows, or of all others, by name."""
    return {Path(file.path).name: file.sha256 for file in files if (file.part == "test") is of_test}
