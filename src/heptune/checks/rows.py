"""The rows that checks look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.duplicates.exact import equal_groups
from heptune.data.duplicates.near import NearDuplicates, find_near_duplicates
from heptune.data.table import CHUNK_ROWS
from heptune.i18n import Sentence
from heptune.schemas.finding import Example, RowPlace

LONGEST_EXAMPLE = 160
ROWS_OF_AN_EXAMPLE = 3

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CheckedRows:
    """All rows with a text and a label, those to learn from first.

    Attributes:
        texts: large_string `[n]`.
        classes: Inner class ids, int32 `[n]`.
        parts: `train`, `validation` or `test` for each row, as the data bring them, `[n]`.
        files: Number of each row's file, int16 `[n]`.
        positions: Line or row in that file, int64 `[n]`.
        file_names: Of all files.
        labels: Names of the classes.
        left_out: Rows without a text or a label, which are not among these.
        poll: Called now and then; raises where the user asked to stop.
    """

    texts: pa.ChunkedArray
    classes: npt.NDArray[np.int32]
    parts: npt.NDArray[np.str_]
    files: npt.NDArray[np.int16]
    positions: Numbers
    file_names: Sequence[str]
    labels: Sequence[str]
    left_out: int = 0
    poll: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self.classes)

    @cached_property
    def is_test(self) -> Mask:
        """Which rows are given to test on `[n]`."""
        return self.parts == "test"

    @cached_property
    def is_learnt(self) -> Mask:
        """Which rows are there to learn from, by choosing an epoch too `[n]`."""
        return ~self.is_test

    @cached_property
    def equal(self) -> npt.NDArray[np.int32]:
        """Group of each row: same texts when case and white space are folded `[n]`."""
        return equal_groups(self.texts, poll=self.poll)

    @cached_property
    def near(self) -> NearDuplicates:
        """Rows with nearly the same texts."""
        return find_near_duplicates(self.texts, poll=self.poll)

    def taken(self, numbers: Numbers) -> "CheckedRows":
        """Return some of the rows, in the order wanted."""
        return CheckedRows(
            texts=self.texts.take(pa.array(numbers)),
            classes=self.classes[numbers],
            parts=self.parts[numbers],
            files=self.files[numbers],
            positions=self.positions[numbers],
            file_names=self.file_names,
            labels=self.labels,
            poll=self.poll,
        )

    def each_text(self) -> Iterator[str]:
        """Yield the texts in order without holding all of them."""
        for chunk in self.texts.chunks:
            for batch in range(0, len(chunk), CHUNK_ROWS):
                yield from chunk.slice(batch, CHUNK_ROWS).to_pylist()

    def texts_of(self, rows: Numbers) -> list[str]:
        """Return the texts of some rows."""
        texts: list[str] = self.texts.take(pa.array(rows)).to_pylist()
        return texts

    def example(self, rows: Numbers, detail: Sentence | None = None) -> Example:
        """Show some rows by the text of the first."""
        places = tuple(
            RowPlace(
                part=str(self.parts[row]),
                file=Path(self.file_names[self.files[row]]).name,
                position=int(self.positions[row]),
            )
            for row in rows[:ROWS_OF_AN_EXAMPLE]
        )
        return Example(rows=places, text=self.shown(int(rows[0])), detail=detail)

    def shown(self, row: int) -> str:
        """Return the text of a row, shortened, in one line."""
        text = " ".join(self.texts[row].as_py()[: 2 * LONGEST_EXAMPLE].split())
        return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"
