"""The step itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa

from heptune.bundle.layout import MODEL_CARD, influences_prediction
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import write_info
from heptune.data.folded_rows import FOLDS_FILE, open_folds
from heptune.data.rows import TEST_COLUMNS, open_rows, texts_of
from heptune.evaluation.predictions import IntArray
from heptune.i18n import _
from heptune.methods.baselines import Encoder
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
from heptune.steps.step7_training.decisions import cost_matrix, decisions_of
from heptune.steps.step7_training.evaluating import evaluate
from heptune.steps.step7_training.fitting import watch_of
from heptune.steps.step7_training.making import Before, announce_folds, minutes_each, train
from heptune.steps.step7_training.robustness import measure_robustness
from heptune.steps.step7_training.scoring import groups_of_test_rows
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.steps.step7_training.trained import digest_of, trained_before
from heptune.storage.artifacts import MANIFEST, sha256_of_file
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step, inputs_of

BUNDLE = "bundle"


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
        InvalidInputError: something to compare with does not fit.
        MissingError: it is gone.
    """
    splits = _open_splits(run, dataset)
    depends_on = _digest_of_inputs(
        config, goal, sources, dataset.without_findings(), tokens, model, plan.for_training()
    )
    with run.artifact_folder(BUNDLE, influences_prediction=influences_prediction) as folder:
        price = config.price_per_hour
        trained = trained_before(run, depends_on, folder, bundle=BUNDLE, price_per_hour=price)
        if trained is None:
            before = Before(goal, sources, dataset, tokens, model, plan)
            trained = train(
                run,
                config,
                before,
                splits,
                folder,
                make_method=make_method,
                encoder=encoder,
            )
        evaluated = evaluate(
            trained.scored,
            splits["test"],
            goal=goal,
            dataset=dataset,
            plan=plan,
            method=sources.method,
            folded=trained.folded,
            fold_of_row=_folds(run) if dataset.cross_validation else None,
            fold_seconds=trained.fold_seconds,
            columns=open_rows(run.folder / "dataset" / TEST_COLUMNS) if dataset.slice_by else None,
            groups=groups_of_test_rows(run, dataset),
            opponents=[
                opponent_answers(opponent, Path(place), splits["test"], dataset)
                for opponent, place in zip(plan.against, against, strict=True)
            ],
        )
        costs = cost_matrix(goal.costs, dataset.label_names)
        decisions = decisions_of(evaluated.acceptance, evaluated.label_sets, costs)
        write_info(folder, trained.info.model_copy(update={"decisions": decisions}))
        described = goal.model_copy(update={"languages": languages})
        compared = [one for one in evaluated.comparisons if not (sources.method == one.baseline == "tfidf")]
        said = partial(
            card_lines,
            evaluated.shapes,
            compared,
            evaluated.cross_validation,
            evaluated.calibration,
            evaluated.acceptance,
            evaluated.label_sets,
        )
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
        cross_validation=evaluated.cross_validation,
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
        unscored=trained.scored["test"][0].unscored,
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
    settings = config.settings(metric="accuracy", max_minutes=minutes_each(goal, dataset))
    estimate = method.estimate(_open_splits(run, dataset), encoded, settings, watch_of(run))
    announce_folds(run, goal, dataset)
    if estimate is None:
        run.notice(_("training takes next to nothing with {method}", method=method.name))
    else:
        run.events.emit("estimate", **estimate.model_dump(mode="json"))


def _folds(run: Run) -> IntArray:
    return open_folds(run.folder / "dataset" / FOLDS_FILE).folds[0]


def _open_splits(run: Run, dataset: DatasetSplits) -> dict[str, pa.Table]:
    return {name: open_rows(run.folder / "dataset" / f"{name}.arrow") for name in dataset.splits}


def _digest_of_inputs(config: TrainingConfig, goal: Goal, *upstream: StepResult) -> str:
    """Return a digest of what the trained model depends on: all but what is asked of its answers."""
    limit = {"goal.max_training_minutes": str(goal.max_training_minutes)}
    return digest_of(inputs_of(STEP, config, upstream, limit))


STEP = Step(
    RunResult,
    train_and_evaluate,
    libraries=("torch", "transformers", "accelerate", "scikit-learn"),
    free_settings=frozenset({"micro_batch_size", "price_per_hour", "without"}),
)
