"""The library's verb for mending data: `fix` writes a cleaned copy, and says what it is worth."""

import csv
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from heptune.checked_data import CheckedData, read_data, recipe_to_look, refuse_places
from heptune.checks.answers import answered_classes
from heptune.checks.cleaning import Cleaned, clean
from heptune.checks.rows import CheckedRows
from heptune.data.cleaned_copy import write_cleaned_copy
from heptune.data.readers.open_table import open_table
from heptune.data.review_file import read_answers
from heptune.data.spreadsheet_text import defused
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.methods.before_and_after import compare_before_and_after
from heptune.recipe import Recipe
from heptune.schemas.cleaning import CleaningReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import DataFile
from heptune.storage.artifacts import atomic_file, atomic_folder
from heptune.storage.events import Listener

CHANGES_HEADER = ("file", "row", "reason", "label", "new_label", "text")


def fix(
    data: str | Path,
    to: str | Path,
    *,
    answers: str | Path | None = None,
    test: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    listeners: tuple[Listener, ...] = (),
    **sections: Mapping[str, Any],
) -> CleaningReport:
    """Write a cleaned copy of labelled text; the original stays as it is.

    Args:
        data: A file, a folder, or a data set on the Hub.
        to: A new folder for the copy; the list of changes is written beside it, as `<to>-changes.csv`.
        answers: What `heptune.review` wrote, with labels in its column `new_label`; such rows get them.
        test: Rows to test on, where the data do not bring them.
        text_column: Found out unless given.
        label_column: Found out unless given.
        listeners: Called with every event.
        sections: Further settings of how the data are found and read, by step: `dataset={"delimiter": ";"}`.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    folder = Path(to).resolve() if Path(to).name in ("", "..") else Path(to)
    changes = folder.with_name(f"{folder.name}-changes.csv")
    refuse_places(data, folder, changes)
    recipe = recipe_to_look(data, sections, test=test, text_column=text_column, label_column=label_column)
    _refuse_what_has_no_effect(recipe)
    with tempfile.TemporaryDirectory() as place:
        read = read_data(recipe, Path(place) / "look", listeners)
        rows = read.in_file_order()
        cleaned = clean(
            rows,
            answers=_answers(Path(answers), read, rows) if answers else {},
            # An id and its name in a column of its own: two ids may well have names that are alike.
            join_labels=read.dataset.label_name_column is None,
        )
        # Before anything is written: whoever stops here finds nothing, and can begin again.
        comparison = _comparison(rows, cleaned)
        with atomic_folder(folder, influences_prediction=None) as copies, atomic_file(changes) as listed:
            written = sum(_write_copies(read, rows, cleaned, copies))
            _write_changes(read, rows, cleaned, listed)
        return CleaningReport(
            folder=str(folder),
            changes=str(changes),
            rows_before=read.dataset.rows_read,
            rows_after=written,
            removed=dict(Counter(cleaned.removed.values())) | _empty(read.dataset.dropped),
            relabelled=dict(Counter(cleaned.relabelled.values())),
            **comparison,
        )


def _answers(path: Path, read: CheckedData, rows: CheckedRows) -> dict[int, int]:
    return answered_classes(
        read_answers(path), rows, file_labels=read.file_labels, labels=read.dataset.labels, answers_file=path
    )


def _write_copies(read: CheckedData, rows: CheckedRows, cleaned: Cleaned, folder: Path) -> Sequence[int]:
    """Write each file anew and return how many rows each has."""
    files = read.sources.data.numbered_files
    settings = read.recipe.dataset
    kept = cleaned.kept()
    counts = []
    for number, file in enumerate(files):
        own = rows.files == number
        table = open_table(
            Path(file.path), encoding=settings.encoding, delimiter=settings.delimiter, sheet=settings.sheet
        )
        changed = {
            int(rows.positions[row]): _label_cells(read.dataset, cleaned.classes[row])
            for row in cleaned.relabelled
            if own[row]
        }
        counts.append(
            write_cleaned_copy(
                table,
                folder / _name_of(file, files),
                kept=set(rows.positions[own & kept].tolist()),
                changed=changed,
            )
        )
    return counts


def _label_cells(dataset: DatasetSplits, label: int) -> dict[str, str]:
    """Return what a row with this class holds in the columns of the label."""
    info = dataset.labels[label]
    name = {} if dataset.label_name_column is None else {dataset.label_name_column: info.name}
    return {dataset.label_column: info.identifier, **name}


def _name_of(file: DataFile, files: Sequence[DataFile]) -> str:
    """Return a name by which a folder's reader knows the part again."""
    if file.part == "whole":
        return f"{Path(file.path).name.split('.')[0]}.csv"
    same = [other for other in files if other.part == file.part]
    return f"{file.part}.csv" if len(same) == 1 else f"{file.part}-{1 + same.index(file)}.csv"


def _write_changes(read: CheckedData, rows: CheckedRows, cleaned: Cleaned, path: Path) -> None:
    names = read.dataset.label_names
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CHANGES_HEADER)
        for row in sorted({*cleaned.removed, *cleaned.relabelled}):
            where = (read.file_labels[rows.files[row]], int(rows.positions[row]))
            old = names[rows.classes[row]]
            new = names[cleaned.classes[row]] if row in cleaned.relabelled else ""
            reason = cleaned.removed.get(row) or cleaned.relabelled[row]
            cells = (*where, reason, old, new, rows.texts[row].as_py())
            writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])


def _comparison(rows: CheckedRows, cleaned: Cleaned) -> dict[str, Any]:
    """Return the fields of the report that say what it is worth."""
    if not cleaned.removed and not cleaned.relabelled:
        return {}
    learnt = np.flatnonzero(rows.is_learnt)
    before, after, comparison = compare_before_and_after(
        rows.texts_of(learnt),
        rows.classes[learnt],
        cleaned.classes[learnt],
        cleaned.kept()[learnt],
        rows.near.groups[learnt],
        class_count=len(rows.labels),
        poll=rows.poll,
    )
    return {"accuracy_before": before, "accuracy_after": after, "comparison": comparison}


def _empty(dropped: int) -> dict[str, int]:
    return {"empty_texts": dropped} if dropped else {}


def _refuse_what_has_no_effect(recipe: Recipe) -> None:
    dataset = recipe.dataset
    told = {
        "dataset.sample": dataset.sample is not None,
        "dataset.test_sample": dataset.test_sample is not None,
        "dataset.leakage": dataset.leakage == "drop",
        "dataset.mute": bool(dataset.mute),
    }
    if any(told.values()):
        raise UsageError(
            _("A copy holds all rows but those that its list of changes names."),
            code="setting_without_effect",
            where=", ".join(name for name, is_told in told.items() if is_told),
            remedy=_("Leave it out."),
        )
