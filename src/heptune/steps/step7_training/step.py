"""The step itself."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from heptune.bundle.layout import MODEL_CARD, RuntimeName, influences_prediction
from heptune.bundle.write import describe_bundle, write_info
from heptune.data.rows import open_rows
from heptune.i18n import _
from heptune.methods.baselines import PROBE, Encoder, PredictProba, open_baseline
from heptune.methods.method import Method, Watch
from heptune.reports.model_card import ModelCardFacts, model_card
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport, RunResult
from heptune.steps.step7_training.calibration import fold_temperature
from heptune.steps.step7_training.decisions import cost_matrix, decisions_of
from heptune.steps.step7_training.evaluating import evaluate
from heptune.steps.step7_training.scoring import MODEL, Answers, score_splits
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.storage.artifacts import MANIFEST, sha256_of_file
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step
from heptune.storage.test_scorings import count_test_scoring

BUNDLE = "bundle"
PREDICTIONS = "7_predictions.arrow"
# Texts on which bf16 is compared with fp32.
PRECISION_ROWS = 128
RUNTIMES: dict[str, RuntimeName] = {"tfidf": "tfidf", "full": "torch", "linear-probe": "torch"}


def train_and_evaluate(
    run: Run,
    config: TrainingConfig,
    goal: Goal,
    sources: Sources,
    dataset: DatasetSplits,
    tokens: TokenizedDataset,
    model: ModelInfo,
    plan: EvaluationPlan,
    *,
    method: Method,
    encoder: Encoder | None,
    languages: tuple[str, ...] = (),
) -> RunResult:
    """Train, write the bundle, and score the test rows through it once.

    The languages stand in the model card alone; as nothing else depends on them, others train nothing anew.

    Raises:
        UsageError: training diverges with these settings.
    """
    splits = _open_splits(run, dataset)
    fit = _fit(run, config, goal, splits, plan, method, seed=model.seed)
    # Scoring is to be in fp32 where training is: nobody looks at bf16 then.
    sample = [] if config.precision == "fp32" else splits["train"]["text"].slice(0, PRECISION_ROWS).to_pylist()
    folded = fold_temperature(method, splits.get("calibration"))
    with run.artifact_folder(BUNDLE, influences_prediction=influences_prediction) as folder:
        method.save(folder)
        predictor = describe_bundle(
            folder,
            runtime=RUNTIMES[sources.method],
            labels=dataset.labels,
            max_length=tokens.length_limit,
            provenance=_provenance(sources, dataset, model, fit),
            sample=sample,
        )
        answers = Answers(predictor)
        classifiers: dict[str, PredictProba] = {MODEL: answers.probabilities}
        classifiers |= {name: open_baseline(name, run.folder / "baselines", encoder, sample) for name in plan.baselines}
        # Before: a run that breaks off in between may have shown its scores already.
        scorings = count_test_scoring(dataset.splits["test"].sha256, str(run.folder.resolve()))
        with run.artifact_file(PREDICTIONS) as path:
            scored = score_splits(run, path, splits, classifiers)
        evaluated = evaluate(
            scored,
            splits["test"],
            answers.truncated_of_last(len(splits["test"])),
            goal=goal,
            dataset=dataset,
            plan=plan,
            method=sources.method,
            folded=folded,
        )
        costs = cost_matrix(goal.costs, dataset.label_names)
        decisions = decisions_of(evaluated.acceptance, evaluated.label_sets, costs)
        write_info(folder, predictor.info.model_copy(update={"decisions": decisions}))
        described = goal.model_copy(update={"languages": languages})
        facts = ModelCardFacts(described, sources, dataset, tokens, fit, evaluated.test, evaluated.baselines, plan)
        (folder / MODEL_CARD).write_text(model_card(facts), encoding="utf-8")
    return RunResult(
        fit=fit,
        scoring=predictor.scoring,
        test=evaluated.test,
        calibration=evaluated.calibration,
        acceptance=evaluated.acceptance,
        label_sets=evaluated.label_sets,
        shapes=evaluated.shapes,
        slices=evaluated.slices,
        mistakes=evaluated.mistakes,
        baselines=evaluated.baselines,
        comparisons=evaluated.comparisons,
        test_scorings=scorings,
        unscored=scored["test"].unscored,
        bundle=BUNDLE,
        bundle_sha256=sha256_of_file(run.folder / BUNDLE / MANIFEST),
    )


def foretell(
    run: Run, config: TrainingConfig, goal: Goal, dataset: DatasetSplits, model: ModelInfo, *, method: Method
) -> None:
    """Tell what training would take, as an event, and do nothing else."""
    encoded = run.folder / "tokens"
    method.initialize(encoded, seed=model.seed)
    settings = config.settings(metric="accuracy", max_minutes=goal.max_training_minutes)
    estimate = method.estimate(_open_splits(run, dataset), encoded, settings, _watch(run))
    if estimate is None:
        run.notice(_("training takes next to nothing with {method}", method=method.name))
    else:
        run.events.emit("estimate", **estimate.model_dump(mode="json"))


def _fit(
    run: Run,
    config: TrainingConfig,
    goal: Goal,
    splits: dict[str, pa.Table],
    plan: EvaluationPlan,
    method: Method,
    *,
    seed: int,
) -> FitReport:
    encoded = run.folder / "tokens"
    # Step 5 may have been taken from an earlier run, or the network trained once already: begin anew, from its seed.
    method.initialize(encoded, seed=seed)
    settings = config.settings(metric=plan.primary_metric, max_minutes=goal.max_training_minutes)
    # The baseline chose its precision by itself.
    fits = PROBE in plan.baselines and config.precision == "auto"
    probe = run.folder / "baselines" / PROBE if fits else None
    return method.fit(splits, encoded, settings, _watch(run), probe=probe)


def _watch(run: Run) -> Watch:
    return Watch(check=run.interruption.check, progress=run.events.emit, notice=run.notice)


def _open_splits(run: Run, dataset: DatasetSplits) -> dict[str, pa.Table]:
    return {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits}


def _provenance(sources: Sources, dataset: DatasetSplits, model: ModelInfo, fit: FitReport) -> dict[str, Any]:
    """Return what the bundle was made from; no text of the customer's and no path of this machine is in it."""
    source = sources.model
    return {
        "method": sources.method,
        "model": {
            "name": (source.repository or Path(source.uri).name) if source else None,
            "commit": source.commit if source else None,
            "licence": source.licence if source else None,
            "files": source.files if source else {},
        },
        "data": {
            "name": sources.data.uri if sources.data.kind != "local" else Path(sources.data.uri).name,
            "commit": sources.data.commit,
            "files": {Path(file.path).name: file.sha256 for file in sources.data.files},
            "splits": {name: split.sha256 for name, split in dataset.splits.items()},
        },
        "model_seed": model.seed,
        "training": fit.settings,
        "precision": fit.precision,
        "fp32_from_epoch": fit.fp32_from_epoch,
        "device": fit.device,
    }


STEP = Step(
    RunResult,
    train_and_evaluate,
    libraries=("torch", "transformers", "accelerate", "scikit-learn"),
    free_settings=frozenset({"micro_batch_size", "price_per_hour", "without"}),
)
