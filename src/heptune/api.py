"""The library's verbs: `run` trains, `load` opens what was trained."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from heptune.bundle.predictor import Predictor
from heptune.bundle.verify import verify_bundle
from heptune.data.first_rows import first_texts
from heptune.data.readers.open_table import readable_format
from heptune.errors import QualityGateError, UsageError
from heptune.i18n import _
from heptune.opponents import refuse_missing
from heptune.pipeline import seven_steps
from heptune.recipe import Recipe, make_recipe
from heptune.recipe_yaml import dump_yaml
from heptune.reports.conclusion import REPORT_FILE, verdict_of
from heptune.schemas.data_files import data_suffix, format_of
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.goal import Goal
from heptune.schemas.record import StepResult
from heptune.schemas.requirement import Verdict
from heptune.schemas.results import RESULTS
from heptune.schemas.sources import AUTOMATIC, AskedMethod
from heptune.schemas.training import RunResult
from heptune.schemas.verification import VerifiedBundle
from heptune.steps.step2_sources.automatic import choose_model
from heptune.steps.step2_sources.data_source import local_parts
from heptune.steps.step2_sources.method import ChosenMethod, choose_method
from heptune.storage.artifacts import write_text
from heptune.storage.events import Event, Listener
from heptune.storage.run_store import Run, open_run
from heptune.storage.step_files import current_steps
from heptune.storage.step_inputs import settings_of

RECIPE_FILE = "recipe.yaml"
STEPS = 7
# After these the model is there and training has not begun.
ESTIMATE_STEPS = (5, 6)


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a run leaves.

    Attributes:
        folder: The run folder.
        results: The results of the steps that were done, in order.
        seconds: Wall-clock seconds of each step in this call, by name.
        estimate: What training would take; None where nothing was foretold.
    """

    folder: Path
    results: tuple[StepResult, ...]
    seconds: dict[str, float]
    estimate: TrainingEstimate | None = None

    @property
    def goal(self) -> Goal:
        """The result of step 1."""
        assert isinstance(self.results[0], Goal)  # noqa: S101 - step 1 gives nothing else
        return self.results[0]

    @property
    def result(self) -> RunResult | None:
        """The result of step 7; None where the run stopped before."""
        last = self.results[-1]
        return last if isinstance(last, RunResult) else None

    @property
    def bundle(self) -> Path:
        """Folder of the classifier."""
        return self.folder / "bundle"

    @property
    def report(self) -> Path:
        """The report, a page for a browser."""
        return self.folder / REPORT_FILE

    @property
    def verdict(self) -> Verdict | None:
        """What the test scores say of the requirement; None without one, or where the run stopped before."""
        return verdict_of(self.goal, self.result) if self.result else None

    def check_requirement(self) -> None:
        """Raise where a requirement is not shown to be met.

        Raises:
            QualityGateError: it is not met, or the test rows are too few to tell.
        """
        result, verdict = self.result, self.verdict
        if result is None or self.goal.requirement is None or verdict in (None, "met"):
            return
        score = result.test.score(self.goal.requirement.metric)
        found = f"{score.value:.4f}"
        if score.low is not None and score.high is not None:
            found += f" [{score.low:.4f}, {score.high:.4f}]"
        raise QualityGateError(
            _("The requirement is not met.")
            if verdict == "not_met"
            else _("The test rows are too few to say whether the requirement is met."),
            code=str(verdict),
            where=str(self.folder),
            expected=str(self.goal.requirement),
            found=found,
        )


def run(
    data: str | Path,
    *,
    model: str | Path | None = None,
    out: str | Path | None = None,
    fresh: bool = False,
    stop_after: int = STEPS,
    estimate: bool = False,
    **sections: Mapping[str, Any],
) -> FinishedRun:
    """Take labelled text through the seven steps.

    Args:
        data: A file, a folder, or a data set on the Hub.
        model: A model folder, a model on the Hub, `starter`, or `auto` for the best at hand.
        out: The run folder; `runs/<data>-<model>` unless given.
        fresh: Reuse nothing of an earlier run.
        stop_after: Number of the last step to do.
        estimate: Tell after step 5 what training would take; for a run that stops before it.
        sections: Settings by step, as in a recipe: `dataset={"sample": 1000}, goal={"require": "accuracy >= 0.8"}`.

    Returns:
        The run; `check_requirement` raises where its requirement is not met.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    given = {"data": str(data)} | ({"model": str(model)} if model else {})
    sources = dict(sections.pop("sources", {}) or {})
    if twice := given.keys() & sources.keys():
        raise UsageError(
            _("This is given twice."),
            code="given_twice",
            where="sources",
            found=", ".join(sorted(twice)),
            remedy=_("Give data and model as arguments alone."),
        )
    recipe = make_recipe({"sources": given | sources, **sections})
    return run_recipe(recipe, out=Path(out) if out else None, fresh=fresh, stop_after=stop_after, estimate=estimate)


def run_recipe(
    recipe: Recipe,
    *,
    out: Path | None = None,
    fresh: bool = False,
    stop_after: int = STEPS,
    estimate: bool = False,
    listeners: tuple[Listener, ...] = (),
) -> FinishedRun:
    """Do the steps of a recipe; see `run`.

    Args:
        recipe: All settings.
        out: The run folder; made of the names of data and model unless given.
        fresh: Reuse nothing of an earlier run.
        stop_after: Number of the last step to do.
        estimate: Tell after step 5 what training would take; for a run that stops before it.
        listeners: Called with every event.
    """
    _refuse_unknown_step(stop_after)
    _refuse_estimate_without_effect(estimate, stop_after)
    folder = out or default_folder(recipe)
    asked, chosen = recipe.sources.method, choose_method(recipe.sources)
    recipe = recipe.with_method(chosen)
    _check_before_start(recipe)
    results: list[StepResult] = []
    told: list[TrainingEstimate] = []

    def note_estimate(event: Event) -> None:
        if event.name == "estimate":
            told.append(TrainingEstimate.model_validate(event.fields))

    with open_run(folder, fresh=fresh, listeners=(*listeners, note_estimate)) as opened:
        if chosen.model == AUTOMATIC:
            chosen = _choose_model(opened, recipe, asked=asked)
            recipe = recipe.with_method(chosen)
        for result in islice(seven_steps(opened, recipe, chosen.reason, estimate=estimate), stop_after):
            results.append(result)
            _keep_recipe(folder, recipe)
        _keep_report(folder)
    return FinishedRun(folder, tuple(results), dict(opened.seconds), told[-1] if told else None)


def load(bundle: str | Path, **options: Any) -> Predictor:  # noqa: ANN401 - Predictor.open's own
    """Open a bundle for predicting: `load(folder).predict(["a text", "another"])`.

    Raises:
        MissingError: there is no bundle, or it needs an extra.
        InvalidInputError: it is damaged, changed, or newer than this version.
    """
    return Predictor.open(Path(bundle), **options)


def verify(bundle: str | Path) -> VerifiedBundle:
    """Check a bundle: every file that influences a prediction, and the answers recorded when it was written.

    Raises:
        MissingError: there is no bundle, or it needs an extra.
        InvalidInputError: naming each file, or each text, that differs.
    """
    return verify_bundle(Path(bundle))


def default_folder(recipe: Recipe) -> Path:
    """Return `runs/<data>-<model>` for a recipe; where no model is given, that of the one that step 2 will choose.

    A method that is not the model's usual one follows.

    Raises:
        HeptuneError: model and method do not fit together, or need what is not installed.
    """
    chosen = choose_method(recipe.sources)
    names = [recipe.sources.data, chosen.model or chosen.method]
    if chosen.model and chosen.method != "full":
        names.append(chosen.method)
    return Path("runs") / "-".join(map(_short_name, names))


def _refuse_unknown_step(number: int) -> None:
    if not 1 <= number <= STEPS:
        raise UsageError(
            _("There is no such step."),
            code="unknown_step",
            where="stop_after",
            expected=_("a number from 1 to {last}", last=STEPS),
            found=str(number),
        )


def _refuse_estimate_without_effect(estimate: bool, stop_after: int) -> None:
    if estimate and stop_after not in ESTIMATE_STEPS:
        raise UsageError(
            _("An estimate is for a run that stops before it trains; step 7 tells its own."),
            code="estimate_without_effect",
            where="estimate",
            expected="--stop-after 5",
            found=f"--stop-after {stop_after}",
        )


def _check_before_start(recipe: Recipe) -> None:
    """Refuse what can be seen to be wrong before anything is fetched or written."""
    refuse_missing(recipe.evaluation.against)
    parts = local_parts(recipe.sources)
    recipe.check_effects(parts)
    dataset = recipe.dataset
    for path in chain.from_iterable(parts.values()):
        readable_format(path, encoding=dataset.encoding, delimiter=dataset.delimiter, sheet=dataset.sheet)


def _choose_model(run: Run, recipe: Recipe, *, asked: AskedMethod) -> ChosenMethod:
    """Take the best model at hand for the first texts, which are read as step 3 will read all of them."""
    names = ("text_column", "label_column", "encoding", "delimiter", "sheet")
    reading = {name: getattr(recipe.dataset, name) for name in names}
    return choose_model(run, recipe.sources, lambda path: first_texts(path, **reading), asked=asked)


def _keep_report(folder: Path) -> None:
    """Write the report of a run that came to its end, which stays on this machine and so may hold texts.

    That of an earlier run is taken away where this one stopped before its end.
    """
    # With them comes Jinja2, which predicting can do without.
    from heptune.reports.page.facts import gather_facts
    from heptune.reports.page.run_page import write_report

    if facts := gather_facts(folder):
        write_report(facts, folder / REPORT_FILE, include_texts=True)
    else:
        (folder / REPORT_FILE).unlink(missing_ok=True)


def _keep_recipe(folder: Path, recipe: Recipe) -> None:
    """Write the settings that the results in the folder were made with; of steps without a result, those of now.

    So a command that fails leaves the recipe of the results that it leaves.
    """
    sections = recipe.model_dump(mode="json")
    for step in current_steps(folder, RESULTS):
        sections[step.name] |= settings_of(step.name, step.inputs)
    text, path = dump_yaml(sections), folder / RECIPE_FILE
    if not path.is_file() or path.read_bytes() != text.encode():
        write_text(path, text)


def _short_name(name: str) -> str:
    """Return the last part of a path or Hub name, without the suffix of a data file, fit for a folder's name."""
    last = re.split(r"[/\\:]", name.rstrip("/\\"))[-1]
    # The end of Qwen3-0.6B is no suffix.
    stem = last[: -len(data_suffix(Path(last)))] if format_of(Path(last)) else last
    return re.sub(r"[^\w.-]+", "-", stem).strip("-.") or "data"
