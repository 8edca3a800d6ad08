"""How a delimited file is written: what stands between its cells, and what its quotation marks mean."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from heptune.data.readers.faults import RowFaults
from heptune.data.readers.lines import MAXIMUM_LINE, read_lines
from heptune.errors import UsageError
from heptune.i18n import Sentence, _
from heptune.schemas.data_files import Format

DELIMITERS = (",", "\t", ";", "|")
EXPECTED_DELIMITERS: dict[Format, str] = {"csv": ",", "tsv": "\t"}
SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 2**20


class RowReader(Protocol):
    """What `csv.reader` gives; `line_num` counts the lines taken so far."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """The way of writing of one delimited file.

    Attributes:
        delimiter: The character between two cells.
        quoted: Whether quotation marks enclose cells (RFC 4180) or are characters like any other.
        notes: What is unusual about it, for the user.
    """

    delimiter: str
    quoted: bool = True
    notes: tuple[Sentence, ...] = ()

    def reader(self, lines: Iterable[str]) -> RowReader:
        """Return a strict reader of rows; a quotation that is not well-formed raises `csv.Error`."""
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)


def detect_dialect(path: Path, encoding: str, file_format: Format, delimiter: str | None) -> Dialect:
    """Find the delimiter from the first lines, and for tab-separated files the meaning of quotation marks from all.

    Raises:
        UsageError: the given delimiter cannot be one.
    """
    notes = []
    expected = EXPECTED_DELIMITERS[file_format]
    if delimiter is None:
        delimiter = _sniff_delimiter(_sample_lines(path, encoding), expected)
        if delimiter != expected:
            notes.append(_("{file}: cells are separated by {delimiter}", file=path.name, delimiter=repr(delimiter)))
    else:
        _check_delimiter(delimiter)
    if delimiter == "\t" and not _quotation_marks_enclose_cells(path, encoding):
        notes.append(_("{file}: quotation marks are read as ordinary characters", file=path.name))
        return Dialect(delimiter, quoted=False, notes=tuple(notes))
    return Dialect(delimiter, notes=tuple(notes))


@contextmanager
def long_fields() -> Iterator[None]:
    """Let the csv module, whose limit is global and 128 KiB, read fields up to the length of the longest line."""
    before = csv.field_size_limit(MAXIMUM_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise UsageError(
            _("{delimiter} cannot separate cells", delimiter=repr(delimiter)),
            code="bad_delimiter",
            where="dataset.delimiter",
            expected=_("one character, such as , or ; or a tab"),
            found=repr(delimiter),
            remedy=_("Give one character, or leave the setting out: it is found out."),
        )


def _sample_lines(path: Path, encoding: str) -> list[str]:
    sample, size = [], 0
    for line in islice(read_lines(path, encoding, RowFaults(path)), SAMPLE_LINES):
        sample.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return sample


def _sniff_delimiter(sample: list[str], expected: str) -> str:
    """Return the delimiter that gives most rows the width of the header; the expected one where none does better."""
    shares = {delimiter: _share_of_even_rows(sample, delimiter) for delimiter in DELIMITERS}
    best = max(shares.values())
    return expected if shares[expected] == best else max(shares, key=lambda delimiter: shares[delimiter])


def _share_of_even_rows(sample: list[str], delimiter: str) -> float:
    """Return the share of rows as wide as the header; 0 where the header has no two cells."""
    try:
        with long_fields():
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0
    # The sample may end within a row.
    widths = widths[:-1] if len(widths) > 2 else widths
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0


@dataclass(frozen=True, slots=True)
class _Survey:
    rows: int
    uneven: int


def _quotation_marks_enclose_cells(path: Path, encoding: str) -> bool:
    """Tell a spreadsheet's quoted cells from stray marks, which may even open and close a cell rows apart.

    When quotation marks are ignored, a cell that rightly holds line ends breaks into pieces, and each row too many has
    another width than the header; a cell that swallowed rows gives them back, as wide as the header.
    """
    if not any('"' in line for line in read_lines(path, encoding, RowFaults(path))):
        return True
    try:
        quoted = _survey(path, encoding, Dialect("\t"))
    except csv.Error:
        return False
    plain = _survey(path, encoding, Dialect("\t", quoted=False))
    return plain.uneven - quoted.uneven >= plain.rows - quoted.rows


def _survey(path: Path, encoding: str, dialect: Dialect) -> _Survey:
    with long_fields():
        rows = uneven = width = 0
        for row in dialect.reader(read_lines(path, encoding, RowFaults(path))):
            width = width or len(row)
            rows += bool(row)
            uneven += bool(row) and len(row) != width
    return _Survey(rows, uneven)
