"""Training, once or with several seeds, of which validation chooses one."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from heptune.evaluation.clusters import clusters_of
from heptune.evaluation.judging import score_rows
from heptune.evaluation.metrics import find_metric, is_better
from heptune.evaluation.predictions import IntArray
from heptune.i18n import _
from heptune.methods.baselines import PROBE
from heptune.methods.method import Method, Watch
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.scores import TestScores
from heptune.schemas.training import FitReport, SeedScores
from heptune.steps.step7_training.scoring import groups_of_test_rows, with_mistakes
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.storage.run_store import Run

# What a seed gets where the earlier ones took all the time: an epoch begins and is cut short.
SHORTEST_MINUTES = 0.01


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted method.

    Attributes:
        method: The fitted one.
        fit: How its training went.
        model_seed: Of its new weights.
        seeds: Scores with each seed, its own among them; none where there was but one.
    """

    method: Method
    fit: FitReport
    model_seed: int
    seeds: tuple[SeedScores, ...] = ()


def fit_and_choose(
    run: Run,
    config: TrainingConfig,
    max_minutes: float | None,
    splits: Mapping[str, pa.Table],
    plan: EvaluationPlan,
    make_method: Callable[[], Method],
    *,
    model_seed: int,
    dataset: DatasetSplits,
) -> Fitted:
    """Train with each seed and keep the one that is best on validation; the test rows choose nothing.

    Args:
        run: The run folder, in which the tokens lie.
        config: How to train, and with how many seeds.
        max_minutes: How long all of it may take; None for any time.
        splits: Rows by split.
        plan: Fixed before training.
        make_method: Makes a method that has learnt nothing yet.
        model_seed: Of the new weights.
        dataset: Knows the classes, and whether test rows come in groups.

    Raises:
        UsageError: training diverges with these settings.
    """
    started = time.perf_counter()
    best: Fitted | None = None
    told: list[SeedScores] = []
    for offset in range(config.seeds):
        if config.seeds > 1:
            run.notice(_("training {number} of {seeds}", number=offset + 1, seeds=config.seeds))
        method, seed = make_method(), model_seed + offset
        seeded = config.model_copy(update={"seed": config.seed + offset})
        spent = (time.perf_counter() - started) / 60
        within = max_minutes and max(SHORTEST_MINUTES, max_minutes - spent)
        report = _fit(run, seeded, within, splits, plan, method, seed=seed, first=not offset)
        fitted = Fitted(method, report, seed)
        if config.seeds > 1:
            scores = _score(method, splits["test"], plan, dataset.label_names, groups_of_test_rows(run, dataset))
            told.append(_seed_scores(fitted, seeded.seed, plan, scores))
        if best is None or _is_better(fitted.fit, best.fit, plan.primary_metric):
            best = fitted
    assert best is not None  # noqa: S101 - there is one seed at least
    return replace(best, seeds=tuple(told))


def watch_of(run: Run) -> Watch:
    """Return how a method speaks to a run."""
    return Watch(check=run.interruption.check, progress=run.events.emit, notice=run.notice)


def _fit(
    run: Run,
    config: TrainingConfig,
    max_minutes: float | None,
    splits: Mapping[str, pa.Table],
    plan: EvaluationPlan,
    method: Method,
    *,
    seed: int,
    first: bool,
) -> FitReport:
    encoded = run.folder / "tokens"
    # Step 5 may have been taken from an earlier run, or the network trained once already: begin anew, from its seed.
    method.initialize(encoded, seed=seed)
    settings = config.settings(metric=plan.primary_metric, max_minutes=max_minutes)
    # The baseline chose its precision by itself, and has the first seed.
    fits = first and PROBE in plan.baselines and config.precision == "auto"
    probe = run.folder / "baselines" / PROBE if fits else None
    return method.fit(splits, encoded, settings, watch_of(run), probe=probe)


def _on_validation(fit: FitReport, metric: str) -> float | None:
    """Return the score of the epoch that was kept; None without validation rows."""
    if fit.best_epoch is None:
        return None
    return fit.history[fit.best_epoch - 1].validation.get(metric)


def _is_better(fit: FitReport, than: FitReport, metric: str) -> bool:
    new, old = _on_validation(fit, metric), _on_validation(than, metric)
    return new is not None and old is not None and is_better(find_metric(metric), new, old)


def _score(
    method: Method, test: pa.Table, plan: EvaluationPlan, class_names: Sequence[str], groups: IntArray | None
) -> TestScores:
    classes = test["label"].to_numpy()
    probabilities = with_mistakes(method.predict_proba(test["text"].to_pylist()), classes)
    clusters = None if groups is None else clusters_of(groups)
    return score_rows(classes, probabilities, class_names, clusters, draws=plan.bootstrap_draws, seed=plan.seed)


def _seed_scores(fitted: Fitted, seed: int, plan: EvaluationPlan, scores: TestScores) -> SeedScores:
    return SeedScores(
        seed=seed,
        validation=_on_validation(fitted.fit, plan.primary_metric),
        seconds=fitted.fit.seconds,
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
    )
