"""From the recorded files to raw rows: open, choose columns, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from heptune.data.columns import ChosenColumns, choose_columns, missing_column, nested_column
from heptune.data.first_rows import first_rows
from heptune.data.readers.open_table import open_table
from heptune.data.rows import open_rows, write_raw_rows
from heptune.data.table import TextTable
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import Sentence, _
from heptune.schemas.sources import PART_ORDER, DataFile, DataSource
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.storage.artifacts import sha256_of_file, translated_read_errors


@dataclass(frozen=True, slots=True)
class RawParts:
    """What was read.

    Attributes:
        tables: Raw rows of each part, memory-mapped.
        files: Names of all files, by the number in the column `file`.
        columns: The chosen columns.
        all_columns: All columns of the first file.
        notes: How the files were understood.
    """

    tables: dict[str, pa.Table]
    files: tuple[str, ...]
    columns: ChosenColumns
    all_columns: tuple[str, ...]
    notes: tuple[Sentence, ...]


def read_parts(config: DatasetConfig, source: DataSource, folder: Path, *, poll: Callable[[], None]) -> RawParts:
    """Read the text and label columns of all files into `folder`.

    Args:
        config: Which columns, and how text files are read.
        source: The files.
        folder: Where to.
        poll: Called now and then; raises where the user asked to stop.

    Raises:
        InvalidInputError: a column is missing or cannot be found, a file has faults, or is not the one that step 2
            recorded.
        UsageError: rows are to be grouped by their texts or labels.
    """
    files = source.numbered_files
    opened = {file.path: _open(file, config) for file in files}
    first = opened[files[0].path]
    chosen = choose_columns(
        first_rows(first),
        text=config.text_column,
        label=config.label_column,
        where=str(first.path),
        nested=first.unreadable,
    )
    for file in files:
        _check_columns(opened[file.path], chosen)
        settings = {"whole": ("group_by", "time", "slice_by"), "train": ("group_by", "time"), "test": ("slice_by",)}
        _check_further_columns(opened[file.path], config, settings.get(file.part, ()))
    _check_slices(config, chosen)
    tables: dict[str, pa.Table] = {}
    for part in PART_ORDER:
        names = [file.path for file in files if file.part == part]
        if names:
            path = folder / f"{part}.arrow"
            write_raw_rows(
                path,
                [opened[name] for name in names],
                text=chosen.text,
                label=chosen.label,
                label_name=chosen.label_name,
                first_file=[file.path for file in files].index(names[0]),
                further=config.further_columns,
                poll=poll,
            )
            tables[part] = open_rows(path)
    notes = tuple(note for table in opened.values() for note in table.notes)
    return RawParts(tables, tuple(file.path for file in files), chosen, first.columns, notes)


def _open(file: DataFile, config: DatasetConfig) -> TextTable:
    path = Path(file.path)
    with translated_read_errors(path):
        is_same = path.is_file() and sha256_of_file(path) == file.sha256
    if not is_same:
        raise InvalidInputError(
            _("This file has changed since the run began."),
            code="file_changed",
            where=file.path,
            remedy=_("Run the same command again when the file is complete."),
        )
    return open_table(path, encoding=config.encoding, delimiter=config.delimiter, sheet=config.sheet)


def _check_further_columns(table: TextTable, config: DatasetConfig, settings: Sequence[str]) -> None:
    for setting in settings:
        value = getattr(config, setting)
        for name in value if isinstance(value, tuple) else (value,):
            if name is not None and name in table.unreadable:
                raise nested_column(name, table.unreadable[name], where=str(table.path))
            if name is not None and name not in table.columns:
                raise missing_column(name, table.columns, where=str(table.path), setting=f"dataset.{setting}")


def _check_slices(config: DatasetConfig, chosen: ChosenColumns) -> None:
    taken = [name for name in config.slice_by if name in (chosen.text, chosen.label, chosen.label_name)]
    if taken:
        raise UsageError(
            _("Texts and labels make no groups of rows."),
            code="bad_slices",
            where="dataset.slice_by",
            found=taken[0],
            remedy=_("Leave it out."),
        )


def _check_columns(table: TextTable, chosen: ChosenColumns) -> None:
    for name, setting in ((chosen.text, "dataset.text_column"), (chosen.label, "dataset.label_column")):
        if name in table.unreadable:
            raise nested_column(name, table.unreadable[name], where=str(table.path))
        if name not in table.columns:
            raise missing_column(name, table.columns, where=str(table.path), setting=setting)
