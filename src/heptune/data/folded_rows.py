"""Rows of which each is judged by models that did not learn from it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.splits import IntegerArray, folds

FOLDS_FILE = "folds.arrow"
REPETITIONS = 2


@dataclass(frozen=True, slots=True, eq=False)
class FoldedRows:
    """Into which fold each row falls, several times over.

    Attributes:
        folds: For each repetition the number of every row's fold, int64 `[n]`.
        groups: Rows of one group are copies, or belong together; they share a fold, int64 `[n]`.
    """

    folds: tuple[IntegerArray, ...]
    groups: IntegerArray

    @property
    def fold_count(self) -> int:
        """How many folds hold rows."""
        return len(np.unique(self.folds[0]))

    @property
    def trainings(self) -> int:
        """How many models it takes to judge each row in each repetition."""
        return sum(len(np.unique(numbers)) for numbers in self.folds)

    def write(self, path: Path) -> None:
        """Write the numbers to an Arrow file, a row for each row."""
        columns = {"group": self.groups} | {f"fold_{number}": fold for number, fold in enumerate(self.folds, 1)}
        table = pa.table(columns)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)


def open_folds(path: Path) -> FoldedRows:
    """Read what `FoldedRows.write` wrote."""
    with pa.OSFile(str(path), "rb") as source:
        groups, *numbers = pa.ipc.open_file(source).read_all().columns
    return FoldedRows(tuple(fold.to_numpy() for fold in numbers), groups.to_numpy())


def fold_rows(classes: IntegerArray, groups: npt.NDArray[np.integer], *, seed: int) -> FoldedRows:
    """Divide rows into folds, stratified by class, groups together, twice over.

    Args:
        classes: Inner class ids `[n]`.
        groups: Group of each row `[n]`.
        seed: Decides which rows go where.
    """
    numbers = []
    for repetition in range(REPETITIONS):
        fold_of_row = np.zeros(len(classes), dtype=np.int64)
        for number, rows in enumerate(folds(classes, groups, seed=seed + repetition)):
            fold_of_row[rows] = number
        numbers.append(fold_of_row)
    return FoldedRows(tuple(numbers), np.asarray(groups, dtype=np.int64))


def leaves_too_little(folded: FoldedRows, classes: IntegerArray) -> bool:
    """Return whether the rows outside of some fold are of a single class while there are others, or there are none."""
    of_all = len(np.unique(classes))
    return of_all > 1 and any(
        len(np.unique(classes[numbers != fold])) < 2 for numbers in folded.folds for fold in np.unique(numbers)
    )
