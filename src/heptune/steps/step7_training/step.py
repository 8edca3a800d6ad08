"""The step itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from heptune.bundle.layout import MODEL_CARD, RuntimeName, influences_prediction
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import describe_bundle, write_info
from heptune.data.rows import TEST_COLUMNS, open_rows, texts_of
from heptune.i18n import _
from heptune.methods.baselines import Encoder, PredictProba, open_baseline
from heptune.methods.method import Method
from heptune.opponents import opponent_answers
from heptune.reports.conclusion import card_lines
from heptune.reports.model_card import ModelCardFacts, model_card
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.failures import Robustness
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.record import StepResult
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import RunResult
from heptune.steps.step7_training.calibration import fold_temperature
from heptune.steps.step7_training.decisions import cost_matrix, decisions_of
from heptune.steps.step7_training.evaluating import evaluate
from heptune.steps.step7_training.fitting import Fitted, fit_and_choose, watch_of
from heptune.steps.step7_training.robustness import measure_robustness
from heptune.steps.step7_training.scoring import Answers, score_splits
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.steps.step7_training.trained import Trained, digest_of, trained_before
from heptune.storage.artifacts import MANIFEST, sha256_of_file
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step, inputs_of
from heptune.storage.test_scorings import count_test_scoring

BUNDLE = "bundle"
PREDICTIONS = "7_predictions.arrow"
# Texts on which bf16 is compared with fp32.
PRECISION_ROWS = 128
RUNTIMES: dict[str, RuntimeName] = {"tfidf": "tfidf", "full": "torch", "linear-probe": "torch"}


@dataclass(frozen=True, slots=True)
class Before:
    """Results of the steps before."""

    goal: Goal
    sources: Sources
    dataset: DatasetSplits
    tokens: TokenizedDataset
    model: ModelInfo
    plan: EvaluationPlan


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
    make_method: Callable[[], Method],
    encoder: Encoder | None,
    languages: tuple[str, ...] = (),
    against: tuple[str, ...] = (),
) -> RunResult:
    """Train, write the bundle, and score the test rows through it once; evaluate them.

    Where nothing that the model depends on has changed, it is kept, and what follows is done anew.

    The languages stand in the model card alone; as nothing else depends on them, others train nothing anew. `against`
    are the places of the plan's opponents.

    Raises:
        UsageError: training diverges with these settings.
        InvalidInputError: something to compare with has changed since the plan was made.
        MissingError: it is gone.
    """
    splits = _open_splits(run, dataset)
    depends_on = _digest_of_inputs(
        config, goal, sources, dataset.without_findings(), tokens, model, plan.for_training()
    )
    with run.artifact_folder(BUNDLE, influences_prediction=influences_prediction) as folder:
        price = config.price_per_hour
        trained = trained_before(run, depends_on, folder, bundle=BUNDLE, predictions=PREDICTIONS, price_per_hour=price)
        if trained is None:
            before = Before(goal, sources, dataset, tokens, model, plan)
            trained = _train(run, config, before, splits, folder, make_method=make_method, encoder=encoder)
        evaluated = evaluate(
            trained.scored,
            splits["test"],
            goal=goal,
            dataset=dataset,
            plan=plan,
            method=sources.method,
            folded=trained.folded,
            columns=open_rows(run.folder / "dataset" / TEST_COLUMNS) if dataset.slice_by else None,
            opponents=[opponent_answers(Path(place), splits["test"], dataset) for place in against],
        )
        costs = cost_matrix(goal.costs, dataset.label_names)
        decisions = decisions_of(evaluated.acceptance, evaluated.label_sets, costs)
        write_info(folder, trained.info.model_copy(update={"decisions": decisions}))
        described = goal.model_copy(update={"languages": languages})
        compared = [one for one in evaluated.comparisons if not (sources.method == one.baseline == "tfidf")]
        said = partial(card_lines, compared, evaluated.calibration, evaluated.acceptance, evaluated.label_sets)
        facts = ModelCardFacts(
            described, sources, dataset, tokens, trained.fit, evaluated.test, evaluated.baselines, plan, said
        )
        (folder / MODEL_CARD).write_text(model_card(facts), encoding="utf-8")
        robustness = _robustness(run, plan, splits["test"], folder) if plan.robustness else ()
    return RunResult(
        fit=trained.fit,
        seeds=trained.seeds,
        scoring=trained.scoring,
        test=evaluated.test,
        calibration=evaluated.calibration,
        acceptance=evaluated.acceptance,
        label_sets=evaluated.label_sets,
        shapes=evaluated.shapes,
        slices=evaluated.slices,
        mistakes=evaluated.mistakes,
        robustness=robustness,
        baselines=evaluated.baselines,
        opponents=evaluated.opponents,
        comparisons=evaluated.comparisons,
        test_scorings=trained.test_scorings,
        unscored=trained.scored["test"].unscored,
        bundle=BUNDLE,
        bundle_sha256=sha256_of_file(run.folder / BUNDLE / MANIFEST),
        training_sha256=depends_on,
    )


def _robustness(run: Run, plan: EvaluationPlan, test: pa.Table, bundle: Path) -> tuple[Robustness, ...]:
    predictor = Predictor.open(bundle, check=False)
    return measure_robustness(predictor, list(texts_of(test)), seed=plan.seed, poll=run.interruption.check)


def foretell(
    run: Run, config: TrainingConfig, goal: Goal, dataset: DatasetSplits, model: ModelInfo, *, method: Method
) -> None:
    """Tell what training would take, as an event, and do nothing else."""
    encoded = run.folder / "tokens"
    method.initialize(encoded, seed=model.seed)
    settings = config.settings(metric="accuracy", max_minutes=goal.max_training_minutes)
    estimate = method.estimate(_open_splits(run, dataset), encoded, settings, watch_of(run))
    if estimate is None:
        run.notice(_("training takes next to nothing with {method}", method=method.name))
    else:
        run.events.emit("estimate", **estimate.model_dump(mode="json"))


def _digest_of_inputs(config: TrainingConfig, goal: Goal, *upstream: StepResult) -> str:
    """Return a digest of what the trained model depends on: all but what is asked of its answers."""
    limit = {"goal.max_training_minutes": str(goal.max_training_minutes)}
    return digest_of(inputs_of(STEP, config, upstream, limit))


def _train(
    run: Run,
    config: TrainingConfig,
    before: Before,
    splits: dict[str, pa.Table],
    folder: Path,
    *,
    make_method: Callable[[], Method],
    encoder: Encoder | None,
) -> Trained:
    """Train, save into the bundle's folder, and score the held-out rows through it once."""
    sources, dataset, plan = before.sources, before.dataset, before.plan
    fitted = fit_and_choose(run, config, before.goal, splits, plan, make_method, model_seed=before.model.seed)
    method, fit = fitted.method, fitted.fit
    # Scoring is to be in fp32 where training is: nobody looks at bf16 then.
    sample = [] if config.precision == "fp32" else splits["train"]["text"].slice(0, PRECISION_ROWS).to_pylist()
    folded = fold_temperature(method, splits.get("calibration"))
    method.save(folder)
    predictor = describe_bundle(
        folder,
        runtime=RUNTIMES[sources.method],
        labels=dataset.labels,
        max_length=before.tokens.length_limit,
        provenance=_provenance(sources, dataset, fitted),
        sample=sample,
    )
    baselines: dict[str, PredictProba] = {
        name: open_baseline(name, run.folder / "baselines", encoder, sample) for name in plan.baselines
    }
    # Before: a run that breaks off in between may have shown its scores already.
    scorings = count_test_scoring(dataset.splits["test"].sha256, str(run.folder.resolve()))
    with run.artifact_file(PREDICTIONS) as path:
        scored = score_splits(run, path, splits, Answers(predictor), baselines, class_count=len(dataset.labels))
    return Trained(fit, fitted.seeds, folded, predictor.info, predictor.scoring, scored, scorings)


def _open_splits(run: Run, dataset: DatasetSplits) -> dict[str, pa.Table]:
    return {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits}


def _provenance(sources: Sources, dataset: DatasetSplits, fitted: Fitted) -> dict[str, Any]:
    """Return what the bundle was made from; no text of the customer's and no path of this machine is in it."""
    source, fit = sources.model, fitted.fit
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
        "model_seed": fitted.model_seed,
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
