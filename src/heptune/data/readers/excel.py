"""Excel workbooks (.xlsx): the cells of one sheet as Excel shows them."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from heptune.data.readers.faults import FaultLog, require_columns, require_rows
from heptune.data.readers.header import clean_header
from heptune.data.readers.workbook import choose_sheet, open_workbook, translated_faults
from heptune.data.table import CHUNK_ROWS, Chunk, RowBatch
from heptune.i18n import Sentence, _

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

# Excel shows larger whole numbers in scientific notation, and has no more than 15 digits of them.
LARGEST_WHOLE = 1e15


@dataclass(frozen=True, slots=True)
class ExcelTable:
    """One sheet of a workbook; see `TextTable`. Rows have the numbers that Excel shows.

    Attributes:
        sheet: Name of the sheet.
        indexes: Where the columns stand in the sheet, from 0; columns without a name are left out.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    notes: tuple[Sentence, ...]
    sheet: str
    indexes: tuple[int, ...]
    unreadable: dict[str, str] = field(default_factory=dict)

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns`; see `TextTable.chunks`."""
        require_columns(self, columns)
        wanted = {name: self.indexes[self.columns.index(name)] for name in columns}
        with open_workbook(self.path) as workbook:
            rows = _read_rows(workbook[self.sheet])
            _take(self.path, rows, 1)
            while batch := _take(self.path, rows, CHUNK_ROWS):
                yield _to_chunk(batch, wanted)

    def batches(self, text_column: str, faults: FaultLog) -> Iterator[RowBatch]:
        """Yield the rows; see `TextTable.batches`."""
        with open_workbook(self.path) as workbook:
            rows = _read_rows(workbook[self.sheet])
            _take(self.path, rows, 1)
            while batch := _take(self.path, rows, CHUNK_ROWS):
                named = dict(zip(self.columns, self.indexes, strict=True))
                columns = {name: [row.cells.get(index) for row in batch] for name, index in named.items()}
                texts = list(map(_to_text, columns[text_column]))
                yield RowBatch([row.number for row in batch], texts, columns)


@dataclass(frozen=True, slots=True)
class _ExcelRow:
    """A row that is not empty: its number in the sheet, and its cells with content by their index from 0."""

    number: int
    cells: dict[int, object]


def open_excel(path: Path, sheet: str | None) -> ExcelTable:
    """Open a sheet; without a name the first visible one with content. Its first row with content is the header.

    Raises:
        InvalidInputError: it is no workbook, or has no row below the header, or column names twice.
        MissingError: the extra `excel` is not installed.
        UsageError: there is no sheet of that name.
    """
    with open_workbook(path) as workbook:
        chosen = choose_sheet(path, workbook, sheet)
        first_rows = _take(path, _read_rows(chosen), 2)
    require_rows(path, has_header=bool(first_rows), has_rows=len(first_rows) == 2)
    texts = {index: _to_text(value) or "" for index, value in first_rows[0].cells.items()}
    named = {index: text for index, text in texts.items() if text.strip()}
    note = _("{file}: read from sheet {sheet}", file=path.name, sheet=repr(chosen.title))
    return ExcelTable(path, "excel", clean_header(path, tuple(named.values())), (note,), chosen.title, tuple(named))


def _read_rows(sheet: "ReadOnlyWorksheet") -> Iterator[_ExcelRow]:
    sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = {index: value for index, value in enumerate(values) if value is not None}
        if cells:
            yield _ExcelRow(number, cells)


def _take(path: Path, rows: Iterator[_ExcelRow], count: int) -> list[_ExcelRow]:
    with translated_faults(path):
        return list(islice(rows, count))


def _to_chunk(batch: Sequence[_ExcelRow], wanted: dict[str, int]) -> Chunk:
    positions = pa.array([row.number for row in batch], pa.int64())
    columns = {
        name: pa.array([_to_text(row.cells.get(index)) for row in batch], pa.large_string())
        for name, index in wanted.items()
    }
    return Chunk(positions, columns)


def _to_text(value: object) -> str | None:
    """Write a cell as Excel shows it: 3.0 as 3, TRUE and FALSE, dates as ISO; an empty one is None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return str(value.date() if value.time() == datetime.time() else value)
    return str(value)
