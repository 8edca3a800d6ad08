"""Rows on their way from a reader to a writer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

from heptune.data.table import MISSING, RowBatch

# A column: an Arrow array, or values as a reader gives them.
Column: TypeAlias = "pa.Array | Sequence[object]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Some consecutive rows.

    Attributes:
        texts: What is scored `[n]`; None where there is none.
        columns: All columns as the file has them, each `[n]`.
        faults: What is wrong with a row, by its number from 0; such a row has no text.
    """

    texts: Sequence[str | None]
    columns: Mapping[str, Column]
    faults: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.texts)

    def nothing(self) -> RowBatch:
        """Return no row, with the same columns."""
        return RowBatch([], [], {name: column[:0] for name, column in self.columns.items()})

    def slice(self, start: int, stop: int) -> "Rows":
        """Return the rows from `start` to before `stop`."""
        return Rows(
            self.texts[start:stop],
            {name: column[start:stop] for name, column in self.columns.items()},
            {row - start: fault for row, fault in self.faults.items() if start <= row < stop},
        )


def with_faults(batch: RowBatch | None, faults: Mapping[int, str]) -> Rows:
    """Put rows that could not be read in their place among the others.

    Args:
        batch: Rows that could be read; None for none.
        faults: What is wrong, by line or row of the file.
    """
    batch = batch or RowBatch([], [], {})
    if not faults:
        return Rows(batch.texts, batch.columns, {})
    row_of = {position: row for row, position in enumerate(batch.positions)}
    places = sorted([*row_of, *(place for place in faults if place not in row_of)])
    rows = [row_of.get(place) for place in places]
    texts = [
        None if row is None or place in faults else batch.texts[row] for place, row in zip(places, rows, strict=True)
    ]
    found = {number: faults[place] for number, place in enumerate(places) if place in faults}
    return Rows(texts, {name: _taken(column, rows) for name, column in batch.columns.items()}, found)


def _taken(column: Column, rows: Sequence[int | None]) -> Column:
    if isinstance(column, pa.Array):
        return column.take(pa.array(rows, pa.int64()))
    return [MISSING if row is None else column[row] for row in rows]
