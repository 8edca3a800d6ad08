"""What every reader gives: rows of text, in file order, a chunk at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyarrow as pa

from heptune.i18n import Sentence

if TYPE_CHECKING:
    from heptune.data.readers.faults import FaultLog

CHUNK_ROWS = 10_000


class _Missing:
    """What a row of JSON does not say of a column."""


MISSING: Final = _Missing()


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


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some consecutive rows with all their columns as the file has them.

    Attributes:
        positions: As in `Chunk`, `[n]`.
        texts: The text of each row `[n]`; None where the file holds none.
        columns: All columns in file order: Arrow arrays of the file's own types, or lists of values `[n]`. In those of
            JSON a value is as `json_rows.decode` gives it, or `MISSING`.
    """

    positions: Sequence[int]
    texts: Sequence[str | None]
    columns: Mapping[str, pa.Array | Sequence[object]]


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

    def batches(self, text_column: str, faults: "FaultLog") -> Iterator[RowBatch]:
        """Yield the rows with all columns as they stand, in bounded memory, at most `CHUNK_ROWS` at a time.

        A row that cannot be read becomes a fault; it does not come in a batch, or comes without its text.
        """
        ...
