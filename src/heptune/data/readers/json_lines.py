"""JSON Lines: one object a line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from heptune.data.readers.faults import FaultLog, require_columns, require_rows
from heptune.data.readers.json_rows import (
    SURVEYED_ROWS,
    Batch,
    JsonFaultError,
    Row,
    decode,
    remedy_for_rows,
    survey_columns,
    to_row,
)
from heptune.data.readers.lines import read_lines
from heptune.data.table import CHUNK_ROWS, Chunk, RowBatch
from heptune.i18n import Sentence, _

# Rows of long texts make smaller chunks.
CHUNK_CHARACTERS = 2**25


@dataclass(frozen=True, slots=True)
class JsonLinesTable:
    """A JSON Lines file; see `TextTable`."""

    path: Path
    format: str
    columns: tuple[str, ...]
    unreadable: dict[str, str]
    notes: tuple[Sentence, ...]
    encoding: str

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns`; see `TextTable.chunks`."""
        require_columns(self, columns)
        faults = FaultLog(self.path, remedy=remedy_for_rows())
        for batch in _read_batches(self.path, self.encoding, faults):
            yield batch.to_chunk(columns, faults.add_line)
        faults.raise_if_any()

    def batches(self, text_column: str, faults: FaultLog) -> Iterator[RowBatch]:
        """Yield the rows; see `TextTable.batches`."""
        for batch in _read_batches(self.path, self.encoding, faults):
            yield batch.to_row_batch(text_column, faults.add_line)


@dataclass(frozen=True, slots=True)
class _NumberedRow:
    line: int
    characters: int
    row: Row


def open_json_lines(path: Path, encoding: str, notes: tuple[Sentence, ...] = ()) -> JsonLinesTable:
    """Open a JSON Lines file; its columns are the keys of the first 1,000 rows.

    Raises:
        InvalidInputError: there is no row that can be read.
    """
    # What cannot be decoded is told of when the rows are read.
    faults = FaultLog(path, remedy=remedy_for_rows(), keeps_undecodable=True)
    first_rows = [numbered.row for numbered in islice(_read_rows(path, encoding, faults), SURVEYED_ROWS)]
    if not first_rows:
        faults.raise_if_any()
    require_rows(path, has_header=False, has_rows=bool(first_rows))
    keys = survey_columns(first_rows)
    return JsonLinesTable(path, "jsonl", keys.columns, keys.unreadable, notes, encoding)


def _read_batches(path: Path, encoding: str, faults: FaultLog) -> Iterator[Batch]:
    batch, size = Batch([], []), 0
    for numbered in _read_rows(path, encoding, faults):
        batch.positions.append(numbered.line)
        batch.rows.append(numbered.row)
        size += numbered.characters
        if len(batch.rows) == CHUNK_ROWS or size > CHUNK_CHARACTERS:
            yield batch
            batch, size = Batch([], []), 0
    if batch.rows:
        yield batch


def _read_rows(path: Path, encoding: str, faults: FaultLog) -> Iterator[_NumberedRow]:
    for number, line in enumerate(read_lines(path, encoding, faults), start=1):
        if line.isspace():
            continue
        try:
            row = to_row(decode(line))
        except json.JSONDecodeError as error:
            message = _("is not JSON: {reason} (character {column})", reason=error.msg, column=error.colno)
            remedy = _("write one JSON object a line; rename the file to .json if it is one JSON document")
            faults.add_line(number, message, remedy=remedy)
        except JsonFaultError as error:
            faults.add_line(number, str(error))
        else:
            yield _NumberedRow(number, len(line), row)
