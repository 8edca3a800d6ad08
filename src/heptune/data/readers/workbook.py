"""The border to openpyxl: its exceptions are translated, and its warnings stay inside."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from heptune.data.encodings import open_bytes
from heptune.errors import InvalidInputError, MissingError, UsageError
from heptune.i18n import _

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

# Bytes after unpacking; the texts of a workbook are held in memory.
MAXIMUM_UNPACKED = 2**30
OLE_MAGIC = b"\xd0\xcf\x11\xe0"


@contextmanager
def open_workbook(path: Path) -> Iterator["Workbook"]:
    """Open a workbook for reading row by row, formulas by their last results, and close it.

    Raises:
        InvalidInputError: it is no workbook, or unpacks to more than a gibibyte.
        MissingError: the extra `excel` is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise MissingError(
            _("reading Excel files needs the extra {name}", name="excel"),
            code="missing_extra",
            where=str(path),
            remedy='pip install "heptune[excel]"',
        ) from error
    with open_bytes(path) as stream:
        if stream.read(len(OLE_MAGIC)) == OLE_MAGIC:
            raise _no_workbook(path, _("an old .xls file, or one with a password"))
        with translated_faults(path):
            _refuse_too_large(path, stream)
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        try:
            yield workbook
        finally:
            workbook.close()


@contextmanager
def translated_faults(path: Path) -> Iterator[None]:
    """Turn what openpyxl raises on damaged files, inside the block, into `InvalidInputError`; keep it from warning."""
    of_zip = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)
    of_xml = (SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (*of_zip, *of_xml) as error:
        raise _no_workbook(path, str(error) or type(error).__name__) from error


def choose_sheet(path: Path, workbook: "Workbook", name: str | None) -> "ReadOnlyWorksheet":
    """Return the sheet of this name, or without a name the first visible one with content.

    Raises:
        UsageError: there is no such sheet.
        InvalidInputError: all sheets are empty or hidden.
    """
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    titles = ", ".join(sheets)
    if name is not None and name not in sheets:
        raise UsageError(
            _("{file} has no sheet named {sheet}", file=path.name, sheet=repr(name)),
            code="unknown_sheet",
            where=str(path),
            expected=titles,
            found=name,
            remedy=_("Name one of these sheets, or leave the setting out."),
        )
    if name is not None:
        return sheets[name]
    for sheet in sheets.values():
        if sheet.sheet_state == "visible" and _has_content(path, sheet):
            return sheet
    raise InvalidInputError(
        _("{file} has no visible sheet with content", file=path.name),
        code="empty_file",
        where=str(path),
        found=titles,
        remedy=_("show the sheet with the rows, or name it with --set dataset.sheet=NAME"),
    )


def _has_content(path: Path, sheet: "ReadOnlyWorksheet") -> bool:
    with translated_faults(path):
        sheet.reset_dimensions()
        return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


def _refuse_too_large(path: Path, stream: BinaryIO) -> None:
    with zipfile.ZipFile(stream) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAXIMUM_UNPACKED:
        raise InvalidInputError(
            _("{file} is too large for an Excel workbook", file=path.name),
            code="too_large",
            where=str(path),
            expected=_("at most {count} bytes after unpacking", count=MAXIMUM_UNPACKED),
            found=_("{count} bytes after unpacking", count=unpacked),
            remedy=_("save the sheet as CSV UTF-8"),
        )


def _no_workbook(path: Path, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("{file} cannot be read as an Excel workbook", file=path.name),
        code="damaged_file",
        where=str(path),
        found=found,
        remedy=_("save it again as .xlsx without a password, or as CSV UTF-8"),
    )
