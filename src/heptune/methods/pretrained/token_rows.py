"""Tokenized rows in an Arrow file, memory-mapped."""

from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SCHEMA = pa.schema([("ids", pa.large_list(pa.int32())), ("label", pa.int32())])


def write_token_rows(
    path: Path, chunks: Iterable[tuple[Sequence[npt.NDArray[np.int32]], npt.NDArray[np.int32]]]
) -> None:
    """Write token ids and inner class ids, a chunk at a time."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        for ids, classes in chunks:
            offsets = np.concatenate([[0], np.cumsum([len(sequence) for sequence in ids])]).astype(np.int64)
            values = np.concatenate(ids) if len(ids) else np.empty(0, dtype=np.int32)
            lists = pa.LargeListArray.from_arrays(offsets, values)
            writer.write_batch(pa.record_batch([lists, pa.array(classes, pa.int32())], schema=SCHEMA))


class TokenRows:
    """Reads single rows of a file of token ids without copying the rest.

    Args:
        path: As `write_token_rows` wrote it.

    Attributes:
        classes: Inner class ids, int32 `[n]`.
        lengths: Tokens of each row, int32 `[n]`.
    """

    def __init__(self, path: Path) -> None:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        chunks = table["ids"].chunks
        self._values = [chunk.values.to_numpy() for chunk in chunks]
        self._offsets = [chunk.offsets.to_numpy() for chunk in chunks]
        self._starts = np.cumsum([0, *(len(chunk) for chunk in chunks)])
        self._numbers: npt.NDArray[np.int32] | None = None
        self._selected: npt.NDArray[np.int64] | None = None
        self.classes: npt.NDArray[np.int32] = table["label"].to_numpy()
        self.lengths: npt.NDArray[np.int32] = np.concatenate(
            [np.diff(offsets) for offsets in self._offsets] or [np.empty(0)]
        ).astype(np.int32)

    def __len__(self) -> int:
        return len(self.classes)

    def ids(self, rows: Iterable[int]) -> list[npt.NDArray[np.int32]]:
        """Return the token ids of some rows."""
        found = [self._row(int(row if self._selected is None else self._selected[row])) for row in rows]
        return found if self._numbers is None else [self._numbers[ids] for ids in found]

    def occurring_ids(self) -> npt.NDArray[np.int32]:
        """Return the token ids that occur in the file, each once, in ascending order."""
        seen = np.zeros(0, dtype=bool)
        for values in self._values:
            if len(values):
                found = np.bincount(values) > 0
                longer, shorter = (found, seen) if len(found) > len(seen) else (seen, found)
                longer[: len(shorter)] |= shorter
                seen = longer
        return np.flatnonzero(seen).astype(np.int32)

    def renumbered(self, numbers: npt.NDArray[np.int32]) -> "TokenRows":
        """Return the same rows with other ids.

        Args:
            numbers: New id of each old one, int32 `[vocabulary]`.
        """
        rows = copy(self)
        rows._numbers = numbers
        return rows

    def selected(self, numbers: npt.NDArray[np.int64]) -> "TokenRows":
        """Return some of the rows, by their numbers in the file."""
        rows = copy(self)
        rows._selected = numbers
        rows.classes, rows.lengths = self.classes[numbers], self.lengths[numbers]
        return rows

    def _row(self, row: int) -> npt.NDArray[np.int32]:
        chunk = int(np.searchsorted(self._starts, row, side="right")) - 1
        start, end = self._offsets[chunk][row - self._starts[chunk] : row - self._starts[chunk] + 2]
        return self._values[chunk][start:end]
