"""What every reader gives: rows of text, in file order, a chunk at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from heptune.i18n import Sentence

CHUNK_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive rows.

    Attributes:
        positions: int64 `[n]`; for CSV, TSV and JSON Lines the line (from 1) at which each row begins, for Excel the
            number that Excel shows, else the number of the row (from 1).
        columns: One `large_string` array `[n]` per column asked for; null where the file holds no value. An empty cell
            of a CSV or TSV file is an empty text, not null.
    """

    positions: pa.Int64Array
    columns: dict[str, pa.LargeStringArray]


class TextTable(Protocol):
    """An opened file whose cells are all read as text; every `chunks` call reads it again from its beginning."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def format(self) -> str:
        """Short name of the format, such as `csv`."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that can be read as text, in file order."""
        ...

    @property
    def unreadable(self) -> dict[str, str]:
        """Columns that cannot be read as text (nested ones), with the type that was found."""
        ...

    @property
    def notes(self) -> tuple[Sentence, ...]:
        """Sentences on how the file was understood (encoding, sheet, quotation marks), for the user."""
        ...

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns` in bounded memory, at most `CHUNK_ROWS` at a time.

        Raises:
            InvalidInputError: after the last row, with all faults of the file at once (given up after 1,000).
        """
        ...
