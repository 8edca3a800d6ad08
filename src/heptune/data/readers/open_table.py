"""One door for all formats: the file's name tells which reader opens it."""

from dataclasses import replace
from pathlib import Path

from heptune.data.encodings import Encoding, detect_encoding, open_bytes
from heptune.data.readers.arrow_file import open_arrow
from heptune.data.readers.delimited import DelimitedTable, open_delimited
from heptune.data.readers.excel import open_excel
from heptune.data.readers.json_file import JsonTable, open_json
from heptune.data.readers.json_lines import JsonLinesTable, open_json_lines
from heptune.data.table import TextTable
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _
from heptune.schemas.data_files import FORMATS, TEXT_FORMATS, Format, format_of

# What files begin with that are often given a text file's name.
_MAGIC = {
    b"PK\x03\x04": "Excel (.xlsx) or ZIP",
    b"\xd0\xcf\x11\xe0": "Excel (.xls)",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
    b"SQLite format 3": "SQLite",
}


def open_table(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> TextTable:
    """Open a data file as a table of text.

    Args:
        path: The file; its suffix tells the format.
        encoding: Encoding of a text file; None finds it out.
        delimiter: What separates the cells of a CSV or TSV file; None finds it out.
        sheet: Name of an Excel sheet; None takes the first visible one with content.

    Raises:
        InvalidInputError: the format is unknown, or the file is damaged, empty, or has bad column names.
        UsageError: a setting has no effect on this format, or names what does not exist.
        MissingError: an extra is needed.
    """
    file_format = readable_format(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
    if file_format == "excel":
        return open_excel(path, sheet)
    if file_format in ("parquet", "arrow"):
        return open_arrow(path, file_format)
    _refuse_binary(path)
    return _open_text_format(path, file_format, encoding, delimiter)


def readable_format(path: Path, **settings: str | None) -> Format:
    """Return the format that the file's name tells, before the file is opened.

    Args:
        path: The file.
        settings: Those of `open_table`.

    Raises:
        InvalidInputError: the format is unknown.
        UsageError: a setting has no effect on this format.
    """
    file_format = format_of(path)
    if file_format is None:
        raise _unknown_format(path)
    _refuse_settings_without_effect(path, file_format, **settings)
    return file_format


def _open_text_format(path: Path, file_format: Format, encoding: str | None, delimiter: str | None) -> TextTable:
    found = Encoding(encoding, reason="") if encoding else detect_encoding(path)
    table: DelimitedTable | JsonTable | JsonLinesTable
    if file_format == "json":
        table = open_json(path, found.name)
    elif file_format == "jsonl":
        table = open_json_lines(path, found.name)
    else:
        table = open_delimited(path, found.name, file_format, delimiter)
    if not found.reason:
        return table
    note = _("{file}: {reason}", file=path.name, reason=found.reason)
    return replace(table, notes=(note, *table.notes))


def _unknown_format(path: Path) -> InvalidInputError:
    is_old_excel = path.suffix.lower() in (".xls", ".xlsb", ".xlsm")
    save_as = _("save it as .xlsx or as CSV UTF-8") if is_old_excel else _("save it as one of these, or rename it")
    return InvalidInputError(
        _("{file} has no format that can be read", file=path.name),
        code="unknown_format",
        where=str(path),
        expected=_("a name that ends with {suffixes}", suffixes=", ".join(FORMATS)),
        found=path.suffix or path.name,
        remedy=save_as,
    )


def _refuse_settings_without_effect(path: Path, file_format: Format, **settings: str | None) -> None:
    allowed = {
        "encoding": file_format in TEXT_FORMATS,
        "delimiter": file_format in ("csv", "tsv"),
        "sheet": file_format == "excel",
    }
    idle = [name for name, value in settings.items() if value is not None and not allowed[name]]
    if idle:
        raise UsageError(
            _(
                "{settings} has no effect on a file in the format {format}",
                settings=", ".join(idle),
                format=file_format,
            ),
            code="setting_without_effect",
            where=str(path),
            remedy=_("leave it out"),
        )


def _refuse_binary(path: Path) -> None:
    with open_bytes(path) as stream:
        head = stream.read(16)
    for magic, title in _MAGIC.items():
        if head.startswith(magic):
            raise InvalidInputError(
                _("{file} is not a text file", file=path.name),
                code="wrong_format",
                where=str(path),
                expected=path.suffix,
                found=title,
                remedy=_("give the file the ending of its format, or save it as text"),
            )
