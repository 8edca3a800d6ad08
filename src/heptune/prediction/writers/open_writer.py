"""One door for all formats."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO, cast

from heptune.prediction.writers.arrow import ArrowWriter
from heptune.prediction.writers.delimited import DelimitedWriter
from heptune.prediction.writers.excel import ExcelWriter
from heptune.prediction.writers.json import JsonLinesWriter, JsonWriter
from heptune.prediction.writers.writer import Writer
from heptune.schemas.data_files import Format

# A value of these may hold several values by name.
NESTED_FORMATS: frozenset[Format] = frozenset({"json", "jsonl"})


@contextmanager
def opened_writer(
    path: Path, file_format: Format, columns: Sequence[str], *, packed: bool = False, spreadsheet_safe: bool = False
) -> Iterator[Writer]:
    """Open a file to write rows to; it is whole when the block has ended well.

    Args:
        path: The file.
        file_format: Of the file.
        columns: Names of the columns in the order wanted; those of JSON follow the rows.
        packed: Whether a text file is packed with gzip.
        spreadsheet_safe: Whether no cell of a CSV or TSV file is computed by a spreadsheet.

    Raises:
        MissingError: an extra is needed.
        OSError: the system refuses.
    """
    writer = _open(path, file_format, columns, packed=packed, spreadsheet_safe=spreadsheet_safe)
    ended_well = False
    try:
        yield writer
        ended_well = True
    finally:
        # Nobody wants what a broken-off file holds, but it is to be closed all the same.
        with nullcontext() if ended_well else suppress(OSError, ValueError):
            writer.close()


def _open(path: Path, file_format: Format, columns: Sequence[str], *, packed: bool, spreadsheet_safe: bool) -> Writer:
    if file_format == "excel":
        return ExcelWriter(path, columns)
    if file_format in ("parquet", "arrow"):
        return ArrowWriter(path, "parquet" if file_format == "parquet" else "arrow", columns)
    # Excel takes UTF-8 for what it is where a byte order mark says so.
    stream = _open_text(path, packed=packed, encoding="utf-8-sig" if spreadsheet_safe else "utf-8")
    if file_format == "jsonl":
        return JsonLinesWriter(stream)
    if file_format == "json":
        return JsonWriter(stream)
    delimiter = "\t" if file_format == "tsv" else ","
    return DelimitedWriter(stream, columns, delimiter=delimiter, spreadsheet_safe=spreadsheet_safe)


def _open_text(path: Path, *, packed: bool, encoding: str) -> TextIO:
    if packed:
        return cast("TextIO", gzip.open(path, "wt", encoding=encoding, newline=""))
    return path.open("w", encoding=encoding, newline="")
