"""From rows to one file with answers, or to an open stream."""

from pathlib import Path
from typing import TextIO

from heptune.errors import UsageError
from heptune.i18n import _
from heptune.prediction.task import Progress, Task, no_effect_of_spreadsheet_safe, rows_from
from heptune.prediction.writers.json import JsonLinesWriter
from heptune.prediction.writers.open_writer import NESTED_FORMATS, opened_writer
from heptune.schemas.data_files import FORMATS, data_suffix, format_of
from heptune.schemas.prediction import PredictionReport
from heptune.storage.artifacts import atomic_file


def is_folder(out: Path) -> bool:
    """Return whether a place to write to is a folder: one that is there, or a name without an ending."""
    return out.is_dir() or not out.suffix


def refuse_place(out: Path, *, spreadsheet_safe: bool) -> None:
    """Refuse before anything is read what could not be written.

    Raises:
        UsageError: the name tells no format, or a setting has no effect on it.
    """
    if not is_folder(out) and format_of(out) is None:
        raise UsageError(
            _("{file} has no format that can be written.", file=out.name),
            code="unknown_format",
            where=str(out),
            expected=_("a name that ends with {suffixes}, or a folder", suffixes=", ".join(FORMATS)),
            found=out.suffix,
            remedy=_("Name another file."),
        )
    if spreadsheet_safe and not is_folder(out) and format_of(out) not in ("csv", "tsv"):
        raise no_effect_of_spreadsheet_safe(out)


def predict_to_stream(task: Task, stream: TextIO) -> PredictionReport:
    """Write JSON Lines to an open stream."""
    progress, writer = Progress(task, nested=True), JsonLinesWriter(stream, closes=False)
    for rows in rows_from(task.source, 0):
        progress.write(rows, writer)
    return progress.report(None)


def predict_to_file(task: Task, out: Path) -> PredictionReport:
    """Write one file, whole or not at all.

    Raises:
        ResourceError: it cannot be written.
    """
    file_format = format_of(out)
    assert file_format is not None  # noqa: S101 - refused before
    progress = Progress(task, nested=file_format in NESTED_FORMATS)
    packed = data_suffix(out).endswith(".gz")
    safe = task.spreadsheet_safe
    with (
        atomic_file(out) as temporary,
        opened_writer(temporary, file_format, progress.columns, packed=packed, spreadsheet_safe=safe) as writer,
    ):
        for rows in rows_from(task.source, 0):
            progress.write(rows, writer)
    return progress.report(out)
