"""CSV and TSV: UTF-8, a header, cells in quotation marks where they need them."""

import csv
from collections.abc import Mapping, Sequence
from typing import TextIO

from heptune.data.spreadsheet_text import defused
from heptune.prediction.rows import Column
from heptune.prediction.values import as_texts


class DelimitedWriter:
    """Writes CSV or TSV.

    Args:
        stream: Opened for UTF-8.
        columns: The header.
        delimiter: Between cells.
        spreadsheet_safe: Whether a cell that a spreadsheet would compute gets an apostrophe.
    """

    def __init__(self, stream: TextIO, columns: Sequence[str], *, delimiter: str, spreadsheet_safe: bool) -> None:
        self._stream = stream
        self._columns = columns
        self._safe = spreadsheet_safe
        self._writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        self._writer.writerow(self._cells(columns))

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows; see `Writer.write`."""
        count = len(next(iter(columns.values())))
        empty = [""] * count
        texts = [self._cells(as_texts(columns[name])) if name in columns else empty for name in self._columns]
        self._writer.writerows(zip(*texts, strict=True))

    def close(self) -> None:
        """Close the file; see `Writer.close`."""
        self._stream.close()

    def _cells(self, texts: Sequence[str | None]) -> list[str]:
        if self._safe:
            return [defused(text) if text else "" for text in texts]
        return [text or "" for text in texts]
