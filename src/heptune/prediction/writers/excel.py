"""Excel workbooks: one sheet; nothing in it is computed."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heptune.data.readers.json_rows import JsonNumber
from heptune.data.spreadsheet_text import fitting
from heptune.errors import MissingError, UsageError
from heptune.i18n import _
from heptune.prediction.rows import Column
from heptune.prediction.values import as_objects, as_texts

# Of a sheet, the header among them.
MOST_ROWS = 1_048_576
# Excel has no more digits.
MOST_DIGITS = 15


class ExcelWriter:
    """Writes a workbook.

    Args:
        path: Where it is saved when the writer is closed.
        columns: The header.

    Raises:
        MissingError: the extra `excel` is not installed.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        try:
            import openpyxl
        except ModuleNotFoundError as error:
            raise MissingError(
                _("writing Excel files needs the extra {name}", name="excel"),
                code="missing_extra",
                where=str(path),
                remedy='pip install "heptune[excel]"',
            ) from error
        self._path = path
        self._columns = columns
        self._workbook: Any = openpyxl.Workbook(write_only=True)
        self._sheet: Any = self._workbook.create_sheet(_("answers"))
        self._rows = 0
        self._append(columns)

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows; see `Writer.write`."""
        count = len(next(iter(columns.values())))
        if self._rows + count > MOST_ROWS:
            raise UsageError(
                _("An Excel sheet does not hold so many rows."),
                code="too_many_rows",
                where=str(self._path),
                expected=_("at most {count:,}", count=MOST_ROWS - 1),
                remedy=_("Write .csv or .parquet, or a folder, which gets several files."),
            )
        values = [_values(columns[name]) if name in columns else [None] * count for name in self._columns]
        for row in zip(*values, strict=True):
            self._append(row)

    def close(self) -> None:
        """Save the workbook; see `Writer.close`."""
        self._workbook.save(self._path)

    def _append(self, values: Sequence[object]) -> None:
        from openpyxl.cell import WriteOnlyCell

        cells = []
        for value in values:
            cell = WriteOnlyCell(self._sheet, None)
            if isinstance(value, str):
                # openpyxl takes what begins with = for a formula.
                cell.value, cell.data_type = fitting(value), "s"
            else:
                cell.value = value
            cells.append(cell)
        self._sheet.append(cells)
        self._rows += 1


def _values(column: Column) -> list[object]:
    """Return numbers and dates as they are, all else as text."""
    texts = as_texts(column)
    return [_value(value, text) for value, text in zip(as_objects(column), texts, strict=True)]


def _value(value: object, text: str | None) -> object:
    if isinstance(value, JsonNumber):
        value = _number(value)
    if isinstance(value, (bool, datetime.time)) or (isinstance(value, datetime.date) and not _has_zone(value)):
        return value
    if isinstance(value, float) or (isinstance(value, int) and len(str(abs(value))) <= MOST_DIGITS):
        return value if value == value and abs(value) != float("inf") else text  # noqa: PLR0124 - not a number
    return text


def _number(written: str) -> object:
    digits = sum(character.isdigit() for character in written)
    if digits > MOST_DIGITS:
        return written
    return int(written) if written.lstrip("-").isdigit() else float(written)


def _has_zone(value: datetime.date) -> bool:
    return isinstance(value, datetime.datetime) and value.tzinfo is not None
