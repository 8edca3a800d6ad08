"""CSV and TSV: every cell is text exactly as written."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from heptune.data.readers.dialect import Dialect, detect_dialect, long_fields
from heptune.data.readers.faults import FaultLog, require_columns, require_rows
from heptune.data.readers.header import clean_header
from heptune.data.readers.lines import MAXIMUM_LINE, read_lines
from heptune.data.table import CHUNK_ROWS, Chunk, RowBatch
from heptune.i18n import Sentence, _
from heptune.schemas.data_files import Format

# Rows of long texts make smaller chunks.
CHUNK_CHARACTERS = 2**25
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """A CSV or TSV file; see `TextTable`."""

    path: Path
    format: str
    columns: tuple[str, ...]
    notes: tuple[Sentence, ...]
    encoding: str
    dialect: Dialect
    unreadable: dict[str, str] = field(default_factory=dict)

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns`; see `TextTable.chunks`."""
        faults = FaultLog(self.path, remedy=_("put a cell that holds a separator or a line end in quotation marks"))
        yield from self._chunks(columns, faults)

    def batches(self, text_column: str, faults: FaultLog) -> Iterator[RowBatch]:
        """Yield the rows; see `TextTable.batches`."""
        for chunk in self._chunks(self.columns, faults):
            yield RowBatch(chunk.positions.to_pylist(), chunk.columns[text_column].to_pylist(), chunk.columns)

    def _chunks(self, columns: Sequence[str], faults: FaultLog) -> Iterator[Chunk]:
        require_columns(self, columns)
        source = _RowSource(self.path, self.encoding, self.dialect, faults)
        rows = iter(source)
        _next_row(rows)
        while (batch := _next_batch(source, rows, len(self.columns))).rows:
            yield batch.to_chunk({name: self.columns.index(name) for name in columns})
        faults.raise_if_any()


@dataclass(frozen=True, slots=True)
class _Batch:
    lines: list[int]
    rows: list[list[str]]

    def to_chunk(self, indexes: dict[str, int]) -> Chunk:
        columns = {
            name: pa.array(map(itemgetter(index), self.rows), pa.large_string(), size=len(self.rows))
            for name, index in indexes.items()
        }
        return Chunk(pa.array(self.lines, pa.int64()), columns)


def open_delimited(path: Path, encoding: str, file_format: Format, delimiter: str | None) -> DelimitedTable:
    """Open a CSV or TSV file; `delimiter` None finds it out.

    Raises:
        InvalidInputError: there is no header or no row, or column names are empty or not unique.
    """
    dialect = detect_dialect(path, encoding, file_format, delimiter)
    faults = FaultLog(path)
    rows = iter(_RowSource(path, encoding, dialect, faults))
    header = _next_row(rows)
    faults.raise_if_any()
    # Rows below it are told of when they are read.
    faults.keeps_undecodable = True
    columns = clean_header(path, header or ())
    has_rows = _next_row(rows) is not None or len(faults) > 0
    require_rows(path, has_header=header is not None, has_rows=has_rows)
    return DelimitedTable(path, file_format, columns, dialect.notes, encoding, dialect)


def _next_row(rows: Iterator[list[str]]) -> list[str] | None:
    with long_fields():
        return next((cells for cells in rows if not _is_blank(cells)), None)


def _next_batch(source: "_RowSource", rows: Iterator[list[str]], width: int) -> _Batch:
    """Take the next rows of the right width, at most `CHUNK_ROWS`; none are left when the batch is empty."""
    batch = _Batch([], [])
    enough = source.characters + CHUNK_CHARACTERS
    with long_fields():
        for cells in rows:
            if len(cells) == width:
                batch.lines.append(source.line)
                batch.rows.append(cells)
                if len(batch.rows) == CHUNK_ROWS or source.characters > enough:
                    break
            elif not _is_blank(cells):
                message = _("cells: {found}, expected {expected}", found=len(cells), expected=width)
                source.faults.add_line(source.line, message)
    return batch


def _is_blank(cells: list[str]) -> bool:
    return not cells or (len(cells) == 1 and not cells[0].strip())


class _RowSource:
    """Iterates over rows of cells; a row that is not well-formed becomes a fault, and reading goes on after it.

    Attributes:
        line: The line (from 1) at which the last row began.
        characters: How many have been read so far.
        faults: Where faults are noted.
    """

    def __init__(self, path: Path, encoding: str, dialect: Dialect, faults: FaultLog) -> None:
        self.line = 0
        self.characters = 0
        self.faults = faults
        self._dialect = dialect
        self._lines = read_lines(path, encoding, faults)
        self._lines_of_row: list[str] = []

    def __iter__(self) -> Iterator[list[str]]:
        reader = self._dialect.reader(self._remember_lines())
        while True:
            self._lines_of_row.clear()
            self.line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._add_fault(error, reader.line_num)
            else:
                yield cells

    def _remember_lines(self) -> Iterator[str]:
        for line in self._lines:
            self._lines_of_row.append(line)
            self.characters += len(line)
            yield line

    def _add_fault(self, error: csv.Error, last_line: int) -> None:
        opened = self.line + _line_of_open_quotation("".join(self._lines_of_row), self._dialect.delimiter)
        if "end of data" in str(error):
            message = _("the quotation mark that opens here is never closed")
        elif "field limit" in str(error):
            message = _(
                "the quotation mark that opens here is not closed within {count} characters", count=MAXIMUM_LINE
            )
        elif last_line == opened:
            message = _("text stands after a closing quotation mark")
        else:
            message = _("the quotation that opens here ends within line {line}, with text after it", line=last_line)
        remedy = _('close each quotation, and write a quotation mark that belongs to a text twice: ""')
        self.faults.add_line(opened, message, remedy=remedy)


def _line_of_open_quotation(row: str, delimiter: str) -> int:
    """Return how many lines below the beginning of `row` its first cell that is not well-formed begins."""
    separator = re.escape(delimiter)
    cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"\r\n{separator}][^\r\n{separator}]*+)?+{separator}')
    position = 0
    while match := cell.match(row, position):
        position = match.end()
    return len(_LINE_END.findall(row, 0, position))
