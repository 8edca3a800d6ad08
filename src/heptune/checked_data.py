"""Data as a run reads them, for verbs that only look at data."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from heptune.api import run_recipe
from heptune.checks.rows import CheckedRows
from heptune.checks.stored_rows import stored_rows
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.recipe import Recipe, given, make_recipe, refuse_other_steps
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.record import StepResult
from heptune.schemas.sources import Sources
from heptune.storage.events import Listener

LAST_STEP = 3


@dataclass(frozen=True, slots=True)
class CheckedData:
    """Data as a run reads them.

    Attributes:
        rows: All rows with a text and a label, those to learn from first.
        sources: Step 2's result.
        dataset: Step 3's result.
        results: Of all steps that were done.
        recipe: All settings.
    """

    rows: CheckedRows
    sources: Sources
    dataset: DatasetSplits
    results: Sequence[StepResult]
    recipe: Recipe

    def in_file_order(self) -> CheckedRows:
        """Return the rows in the order of their files."""
        return self.rows.taken(np.lexsort((self.rows.positions, self.rows.files.astype(np.int64))))

    @property
    def file_labels(self) -> tuple[str, ...]:
        """Name of each file for people: its own, or its path below the folder of all where two have the same."""
        paths = [Path(path).resolve() for path in self.rows.file_names]
        names = [path.name for path in paths]
        common = Path(os.path.commonpath([path.parent for path in paths]))
        pairs = zip(names, paths, strict=True)
        return tuple(name if names.count(name) == 1 else path.relative_to(common).as_posix() for name, path in pairs)


def refuse_places(data: str | Path, *places: Path) -> None:
    """Refuse to write over something, or into the folder of the data, which could not be read any more.

    Raises:
        UsageError: naming the place.
    """
    inside = [place for place in places if Path(data).is_dir() and place.resolve().is_relative_to(Path(data).resolve())]
    taken = [place for place in places if place.exists()]
    if taken or inside:
        raise UsageError(
            _("There is something at this place already.") if taken else _("This place lies inside the data."),
            code="exists" if taken else "inside_the_data",
            where=str((taken or inside)[0]),
            expected=_("a new place"),
            remedy=_("Name another place."),
        )


def recipe_to_look(
    data: str | Path,
    sections: Mapping[str, Mapping[str, Any]],
    *,
    test: str | Path | None = None,
    model: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    sample: int | None = None,
) -> Recipe:
    """Return the recipe of a run whose first steps are to be done.

    Args:
        data: A file, a folder, or a data set on the Hub.
        sections: Further settings of how the data are found and read, by step.
        test: Rows to test on, where the data do not bring them.
        model: What is to learn; TF-IDF unless given.
        text_column: Found out unless given.
        label_column: Found out unless given.
        sample: Use so many of the training rows.

    Raises:
        UsageError: settings are wrong, of later steps, or divide the rows into sides that no verb here keeps.
    """
    refuse_other_steps(sections)
    sources = {"data": data, "test": test, "model": model, "method": None if model else "tfidf"}
    dataset = {"text_column": text_column, "label_column": label_column, "sample": sample}
    recipe = make_recipe({"sources": given(sources), "dataset": given(dataset)}, sections)
    _refuse_divisions(recipe)
    return recipe


def _refuse_divisions(recipe: Recipe) -> None:
    """Refuse a division of the rows into sides, which verbs that look at all of them do not keep."""
    idle = [name for name in ("group_by", "time") if getattr(recipe.dataset, name) is not None]
    if idle:
        raise UsageError(
            _("All rows are looked at here, whatever side of a split they would be on."),
            code="setting_without_effect",
            where=", ".join(f"dataset.{name}" for name in idle),
            remedy=_("Leave it out."),
        )


def read_data(
    recipe: Recipe,
    folder: Path,
    listeners: tuple[Listener, ...] = (),
    *,
    stop_after: int = LAST_STEP,
    splits: Sequence[str] | None = None,
) -> CheckedData:
    """Do the first steps of a recipe.

    Args:
        recipe: All settings.
        folder: A new folder, which must last as long as the rows are read.
        listeners: Called with every event.
        stop_after: The last step to do, from 3.
        splits: Names of those to read; None reads all.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    results = run_recipe(recipe, out=folder, stop_after=stop_after, listeners=listeners).results
    (sources,) = (result for result in results if isinstance(result, Sources))
    (dataset,) = (result for result in results if isinstance(result, DatasetSplits))
    rows = stored_rows(folder / "dataset", sources, dataset, splits or dataset.parts)
    return CheckedData(rows, sources, dataset, results, recipe)
