"""The library's verb `reproduce`: train again from what a run recorded, and say whether the same comes out."""

from pathlib import Path

import numpy as np

from heptune.api import RECIPE_FILE, run_recipe
from heptune.bundle.layout import BUNDLE_FILE
from heptune.errors import Fault, InvalidInputError
from heptune.i18n import _
from heptune.recipe import Recipe, make_recipe, read_recipe
from heptune.reports.page.facts import RunFacts
from heptune.reports.page.runs import read_run
from heptune.schemas.reproduction import Reproduction
from heptune.schemas.score import Score
from heptune.schemas.sources import Sources
from heptune.storage.artifacts import read_manifest
from heptune.storage.events import Listener

SUFFIX = "-reproduced"
# A metric without an interval has to come out the same, but for rounding.
ROUNDING = 1e-6


def reproduce(run: str | Path, out: str | Path | None = None, *, listeners: tuple[Listener, ...] = ()) -> Reproduction:
    """Train again with the recorded settings, seeds and revisions, on files that are compared with the recorded ones.

    Args:
        run: Folder of a finished run.
        out: Folder of the new one; the run's name with `-reproduced` behind it unless given. One that was begun and
            stopped is gone on with.
        listeners: Called with every event.

    Raises:
        MissingError: there is no finished run, or its data or model cannot be found.
        InvalidInputError: data or model are not those that the run recorded.
    """
    folder = Path(run)
    place = Path(out) if out else folder.with_name(folder.resolve().name + SUFFIX)
    before = read_run(folder)
    recipe = _recipe_of(folder, before.sources)
    sources = run_recipe(recipe, out=place, stop_after=2, listeners=listeners).results[-1]
    assert isinstance(sources, Sources)  # noqa: S101 - step 2 gives nothing else
    _refuse_other_sources(before.sources, sources)
    run_recipe(recipe, out=place, listeners=listeners)
    return _compare(folder, before, place, read_run(place))


def _recipe_of(folder: Path, sources: Sources) -> Recipe:
    """Return the run's settings; names on the Hub stand for the commits that they stood for then."""
    commits = {
        "data_revision": sources.data.commit if sources.data.kind == "hub" else None,
        "model_revision": sources.model.commit if sources.model and sources.model.kind == "hub" else None,
    }
    path = folder / RECIPE_FILE
    pinned = {name: commit for name, commit in commits.items() if commit}
    return make_recipe(read_recipe(str(path)), {"sources": pinned}, where=str(path))


def _refuse_other_sources(before: Sources, now: Sources) -> None:
    faults = [
        Fault(name, _("its content is not what the run learnt from"))
        for name, digest in _digests(before).items()
        if _digests(now).get(name) != digest
    ]
    faults += [Fault(name, _("the run did not have this file")) for name in _digests(now).keys() - _digests(before)]
    if faults:
        raise InvalidInputError(
            _("Data or model are not those of the run."),
            code="other_sources",
            where=now.data.uri,
            faults=faults,
            remedy=_("Bring the files back as they were; with others it is another run."),
        )


def _digests(sources: Sources) -> dict[str, str]:
    """Return the sha256 of every file, by its name, those of the model behind its own."""
    files = {f"{file.part}: {Path(file.path).name}": file.sha256 for file in sources.data.files}
    model = sources.model
    return files | ({f"{model.name}: {name}": sha256 for name, sha256 in model.files.items()} if model else {})


def _compare(folder: Path, before: RunFacts, place: Path, after: RunFacts) -> Reproduction:
    metric = before.plan.primary_metric
    stated, found = before.result.test.score(metric), after.result.test.score(metric)
    return Reproduction(
        run=str(folder),
        out=str(place),
        metric=metric,
        before=stated,
        after=found,
        reproduced=_lies_within(found.value, stated),
        same_answers=_same_answers(before, after),
        identical=_weights(folder / "bundle") == _weights(place / "bundle"),
        other_versions=tuple(
            f"{name}: {version} → {after.versions.get(name, '–')}"
            for name, version in before.versions.items()
            if after.versions.get(name) != version
        ),
    )


def _lies_within(value: float, stated: Score) -> bool:
    if stated.low is None or stated.high is None:
        return abs(value - stated.value) <= ROUNDING
    return stated.low <= value <= stated.high


def _same_answers(before: RunFacts, after: RunFacts) -> float | None:
    if not len(before.answers.predicted) == len(after.answers.predicted) > 0:
        return None
    return float(np.mean(before.answers.predicted == after.answers.predicted))


def _weights(bundle: Path) -> dict[str, str]:
    """Return the digests of what the classifier is made of; its description tells when and where it was made."""
    files = read_manifest(bundle).files
    return {name: one.sha256 for name, one in files.items() if one.influences_prediction and name != BUNDLE_FILE}
