"""The step itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from heptune.bundle.layout import MODEL_CARD, RuntimeName, influences_prediction
from heptune.bundle.write import describe_bundle, write_info
from heptune.data.rows import open_rows
from heptune.evaluation.predictions import predicted_classes
from heptune.evaluation.scoring import score_predictions
from heptune.evaluation.significance import adjusted, compare_accuracy, compare_macro_f1
from heptune.i18n import _
from heptune.methods.baselines import PROBE, Encoder, PredictProba, open_baseline
from heptune.methods.method import Method, Watch
from heptune.reports.model_card import ModelCardFacts, model_card
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import BaselineName, EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import Comparison, FitReport, RunResult
from heptune.steps.step7_training.calibration import calibration_report, fold_temperature
from heptune.steps.step7_training.decisions import acceptance_report, cost_matrix, decisions_of, label_set_report
from heptune.steps.step7_training.scoring import MODEL, SplitScores, score_splits
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
        classifiers: dict[str, PredictProba] = {MODEL: predictor.predict_proba}
        classifiers |= {name: open_baseline(name, run.folder / "baselines", encoder, sample) for name in plan.baselines}
        # Before: a run that breaks off in between may have shown its scores already.
        scorings = count_test_scoring(dataset.splits["test"].sha256, str(run.folder.resolve()))
        with run.artifact_file(PREDICTIONS) as path:
            scored = score_splits(run, path, splits, classifiers)
        test_rows, kept_aside = scored["test"], scored.get("calibration")
        acceptance = acceptance_report(goal.min_accepted_accuracy, kept_aside, test_rows)
        label_sets = label_set_report(goal.set_coverage, kept_aside, test_rows)
        decisions = decisions_of(acceptance, label_sets, cost_matrix(goal.costs, dataset.label_names))
        write_info(folder, predictor.info.model_copy(update={"decisions": decisions}))
        scores = _score_test(test_rows, dataset, plan)
        test = scores.pop(MODEL)
        described = goal.model_copy(update={"languages": languages})
        facts = ModelCardFacts(described, sources, dataset, tokens, fit, test, scores, plan)
        (folder / MODEL_CARD).write_text(model_card(facts), encoding="utf-8")
    return RunResult(
        fit=fit,
        scoring=predictor.scoring,
        test=test,
        calibration=calibration_report(folded, test_rows.classes, test_rows.probabilities[MODEL]),
        acceptance=acceptance,
        label_sets=label_sets,
        baselines=scores,
        comparisons=_compare(test_rows, plan, method=sources.method),
        test_scorings=scorings,
        unscored=test_rows.unscored,
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


def _score_test(scored: SplitScores, dataset: DatasetSplits, plan: EvaluationPlan) -> dict[str, TestScores]:
    return {
        name: score_predictions(
            scored.classes, probabilities, dataset.label_names, draws=plan.bootstrap_draws, seed=plan.seed
        )
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
