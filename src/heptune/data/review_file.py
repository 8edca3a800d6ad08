"""Rows that a person is to look at, as a file for a spreadsheet, and the answers read back from it."""

import csv
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from heptune.data.readers.faults import FaultLog
from heptune.data.readers.open_table import open_table
from heptune.data.spreadsheet_text import defused, fitting
from heptune.data.table import TextTable
from heptune.errors import MissingError, UsageError
from heptune.i18n import _
from heptune.storage.artifacts import atomic_file

HEADER = ("file", "row", "check", "text", "label", "suggestion", "new_label")
ANSWER_COLUMNS = ("file", "row", "text", "label", "new_label")
ENDINGS = (".csv", ".xlsx")
# In characters, as Excel counts them.
WIDTHS = (16, 8, 12, 80, 20, 20, 20)
LABEL_SHEET = "labels"
# As a spreadsheet may write it; no file has more rows.
_ROW = re.compile(r"(\d{1,12})(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A row of the data, and what there is to say of it; the answer's column beside it is empty.

    Attributes:
        file: Name of its file.
        row: Line or row in that file.
        check: Codes of the checks that found it.
        text: As it stands there.
        label: As it stands there.
        suggestion: Another label, or nothing.
    """

    file: str
    row: int
    check: str
    text: str
    label: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person wrote beside a row.

    Attributes:
        line: Line or row of the answers, to name it in a fault.
        file: Name of the data's file.
        row: Line or row in that file.
        text: As the spreadsheet saved it.
        label: As the spreadsheet saved it.
        new_label: Their answer.
    """

    line: int
    file: str
    row: int
    text: str
    label: str
    new_label: str


def check_ending(path: Path) -> None:
    """Refuse a name that neither kind of file has.

    Raises:
        UsageError: naming both.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            _("{file} has no format for a review.", file=path.name),
            code="unknown_format",
            where=str(path),
            expected=_("a name that ends with {suffixes}", suffixes=", ".join(ENDINGS)),
            found=path.suffix or path.name,
            remedy=_("Name another file."),
        )


def write_review(path: Path, rows: Sequence[ReviewRow], labels: Sequence[str]) -> None:
    """Write a CSV file that Excel opens rightly, or a workbook.

    Args:
        path: Ends with `.csv` or `.xlsx`.
        rows: In the order wanted.
        labels: Names of the classes, which a workbook offers as answers.

    Raises:
        MissingError: a workbook takes the extra `excel`.
        ResourceError: it cannot be written.
    """
    check_ending(path)
    with atomic_file(path) as temporary:
        if path.suffix.lower() == ".csv":
            _write_csv(temporary, rows)
        else:
            _write_workbook(temporary, rows, labels)


def _write_csv(path: Path, rows: Iterable[ReviewRow]) -> None:
    # Excel takes UTF-8 for what it is where a byte order mark says so.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow([*(defused(fitting(str(cell))) for cell in astuple(row)), ""])


def _write_workbook(path: Path, rows: Sequence[ReviewRow], labels: Sequence[str]) -> None:
    try:
        import openpyxl
        from openpyxl.styles import Alignment, Font
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError as error:
        raise MissingError(
            _("writing Excel files needs the extra {name}", name="excel"),
            code="missing_extra",
            where=str(path),
            remedy='pip install "heptune[excel]"',
        ) from error
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "review"
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[sheet.cell(1, number).column_letter].width = width
    for line, cells in enumerate((HEADER, *map(astuple, rows)), start=1):
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(line, column)
            cell.value = value if isinstance(value, int) else fitting(value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text, also where it begins like a formula
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if line == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    choices = workbook.create_sheet(LABEL_SHEET)
    for line, label in enumerate(labels, start=1):
        choices.cell(line, 1, fitting(label)).data_type = "s"
    if rows:
        answers = DataValidation("list", formula1=f"{LABEL_SHEET}!$A$1:$A${len(labels)}", allow_blank=True)
        sheet.add_data_validation(answers)
        answers.add(f"G2:G{len(rows) + 1}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook.save(path)


def read_answers(path: Path) -> list[Answer]:
    """Return the rows beside which something was written.

    Raises:
        InvalidInputError: the file cannot be read, lacks a column, or a row's number is none.
    """
    table = open_table(path)
    faults = FaultLog(path, remedy=_("Write into the column new_label alone."))
    answers = []
    for line, file, row, text, label, new_label in _cells(table):
        if not new_label.strip():
            continue
        number = _ROW.fullmatch(row.strip())
        if number is None:
            faults.add_line(line, _("{found} is no number of a row", found=repr(row)))
            continue
        answers.append(Answer(line, file, int(number[1]), text, label, new_label.strip()))
    faults.raise_if_any()
    return answers


def _cells(table: TextTable) -> Iterator[tuple[int, str, str, str, str, str]]:
    for chunk in table.chunks(ANSWER_COLUMNS):
        columns = [[cell or "" for cell in chunk.columns[name].to_pylist()] for name in ANSWER_COLUMNS]
        yield from zip(chunk.positions.to_pylist(), *columns, strict=True)
