"""One JSON document: a list of objects, an object of equally long lists, or an object around one list of objects."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from heptune.data.encodings import open_text
from heptune.data.readers.faults import FaultLog, RowFaults, require_columns, require_rows
from heptune.data.readers.json_lines import JsonLinesTable, open_json_lines
from heptune.data.readers.json_rows import (
    SURVEYED_ROWS,
    Batch,
    JsonFaultError,
    JsonObject,
    Row,
    decode,
    remedy_for_rows,
    survey_columns,
    to_row,
)
from heptune.data.readers.lines import read_lines
from heptune.data.table import CHUNK_ROWS, Chunk, RowBatch
from heptune.errors import InvalidInputError
from heptune.i18n import Sentence, _

# A JSON document must be in memory as a whole, where it takes some ten times its size.
MAXIMUM_CHARACTERS = 2**28


@dataclass(frozen=True, slots=True)
class JsonTable:
    """A JSON document, whose rows are already in memory; see `TextTable`."""

    path: Path
    format: str
    columns: tuple[str, ...]
    unreadable: dict[str, str]
    notes: tuple[Sentence, ...]
    items: Sequence[object] = field(repr=False)

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns`; see `TextTable.chunks`."""
        require_columns(self, columns)
        faults = FaultLog(self.path, remedy=remedy_for_rows())
        for start in range(0, len(self.items), CHUNK_ROWS):
            batch = _to_batch(self.items[start : start + CHUNK_ROWS], start + 1, faults)
            if batch.rows:
                yield batch.to_chunk(columns, faults.add_row)
        faults.raise_if_any()

    def batches(self, text_column: str, faults: FaultLog) -> Iterator[RowBatch]:
        """Yield the rows; see `TextTable.batches`."""
        for start in range(0, len(self.items), CHUNK_ROWS):
            batch = _to_batch(self.items[start : start + CHUNK_ROWS], start + 1, faults)
            if batch.rows or len(faults):
                yield batch.to_row_batch(text_column, faults.add_row)


def open_json(path: Path, encoding: str) -> JsonTable | JsonLinesTable:
    """Open a JSON document, or JSON Lines that are named `.json`.

    Raises:
        InvalidInputError: it is not JSON, too large, has another shape, or holds no row that can be read.
    """
    if _is_json_lines(path, encoding):
        note = _("{file}: read as JSON Lines, one object a line", file=path.name)
        return open_json_lines(path, encoding, (note,))
    items = _find_rows(path, _load(path, encoding))
    faults = FaultLog(path, remedy=remedy_for_rows())
    first_rows = _to_batch(items[:SURVEYED_ROWS], 1, faults).rows
    if not first_rows:
        faults.raise_if_any()
    require_rows(path, has_header=True, has_rows=bool(first_rows))
    keys = survey_columns(first_rows)
    return JsonTable(path, "json", keys.columns, keys.unreadable, (), items)


def _is_json_lines(path: Path, encoding: str) -> bool:
    """Whether the first line is a whole object and another line follows: no JSON document begins so."""
    lines = (line for line in read_lines(path, encoding, RowFaults(path)) if not line.isspace())
    first_two = list(islice(lines, 2))
    try:
        return len(first_two) == 2 and isinstance(decode(first_two[0]), tuple)
    except (json.JSONDecodeError, JsonFaultError):
        return False


def _load(path: Path, encoding: str) -> object:
    with open_text(path, encoding) as stream:
        text = stream.read(MAXIMUM_CHARACTERS + 1)
    if len(text) > MAXIMUM_CHARACTERS:
        raise InvalidInputError(
            _("{file} is too large for one JSON document", file=path.name),
            code="too_large",
            where=str(path),
            expected=_("at most {count} characters", count=MAXIMUM_CHARACTERS),
            remedy=_("save it as JSON Lines (.jsonl) or Parquet, which are read a part at a time"),
        )
    require_rows(path, has_header=False, has_rows=bool(text.strip()))
    try:
        return decode(text)
    except json.JSONDecodeError as error:
        place = _("line {line}, character {column}", line=error.lineno, column=error.colno)
        raise _not_json(path, f"{error.msg} ({place})") from error
    except JsonFaultError as error:
        raise _not_json(path, str(error)) from error


def _not_json(path: Path, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("{file} is not a JSON document that can be read", file=path.name),
        code="broken_json",
        where=str(path),
        found=found,
        remedy=_("mend the place named, or write JSON Lines: one object a line, in a file that ends with .jsonl"),
    )


def _find_rows(path: Path, document: object) -> Sequence[object]:
    """Return the list of row objects in a document of any of the three shapes."""
    if isinstance(document, list):
        return document
    if isinstance(document, tuple):
        lists = [value for _key, value in document if isinstance(value, list)]
        lists_of_objects = [values for values in lists if values and all(isinstance(v, tuple) for v in values)]
        if len(lists_of_objects) == 1:
            return lists_of_objects[0]
        if not lists_of_objects and lists and len(lists) == len(document) and len({len(v) for v in lists}) == 1:
            return _rows_of_columns(document)
    raise InvalidInputError(
        _("{file} has a shape in which no rows can be found", file=path.name),
        code="unknown_json_shape",
        where=str(path),
        expected=_("a list of objects, or an object of equally long lists, or an object with one list of objects"),
        remedy=_('with pandas: to_json(file, orient="records", lines=True), and the ending .jsonl'),
    )


def _rows_of_columns(document: JsonObject) -> list[object]:
    names = [name for name, _values in document]
    columns = [values for _name, values in document if isinstance(values, list)]
    return [tuple(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _to_batch(items: Sequence[object], first: int, faults: FaultLog) -> Batch:
    positions: list[int] = []
    rows: list[Row] = []
    for number, item in enumerate(items, start=first):
        try:
            rows.append(to_row(item))
        except JsonFaultError as error:
            faults.add_row(number, str(error))
        else:
            positions.append(number)
    return Batch(positions, rows)
