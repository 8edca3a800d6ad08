"""What can be mended without asking anybody: copies, leaks, and labels written in two ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from heptune.checks.grouping import repeats
from heptune.checks.rows import CheckedRows
from heptune.data.duplicates.folding import name_of_label

Reason = Literal["duplicates", "split_leakage", "label_variants", "reviewed"]


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """The same rows, mended.

    Attributes:
        removed: Why a row is taken out, by its number.
        relabelled: Why a row has another class, by its number.
        classes: Inner class ids, int32 `[n]`.
    """

    removed: dict[int, Reason]
    relabelled: dict[int, Reason]
    classes: npt.NDArray[np.int32]

    def kept(self) -> npt.NDArray[np.bool_]:
        """Return which rows stay `[n]`."""
        kept = np.ones(len(self.classes), dtype=bool)
        kept[list(self.removed)] = False
        return kept


def clean(rows: CheckedRows, *, answers: Mapping[int, int] = MappingProxyType({}), join_labels: bool = True) -> Cleaned:
    """Mend the rows, which are in the order of their files; what takes a decision and has none is left alone.

    First rows get the class that a person gave them. Labels that differ by case, spaces and the like become the
    commonest of them. Then of the rows to learn from those go that stand in the test rows too, and those whose text and
    label stand in an earlier one. A text with two labels keeps one row of each.

    Args:
        rows: All of them.
        answers: Class of each row that a person looked at, by its number.
        join_labels: Whether labels that are written in two ways become one.
    """
    classes = rows.classes.copy()
    classes[list(answers)] = list(answers.values())
    if join_labels:
        classes = _one_name_each(classes, rows.labels)
    leaked = rows.is_learnt & np.isin(rows.equal, rows.equal[rows.is_test])
    # A group for each text with each of its labels.
    texts_with_label = np.unique(np.stack([rows.equal, classes]), axis=1, return_inverse=True)[1].astype(np.int32)
    again = repeats(texts_with_label, rows.is_learnt & ~leaked)
    removed: dict[int, Reason] = dict.fromkeys(np.flatnonzero(leaked).tolist(), "split_leakage")
    removed |= dict.fromkeys(np.flatnonzero(again).tolist(), "duplicates")
    relabelled: dict[int, Reason] = {
        row: "reviewed" if row in answers else "label_variants"
        for row in np.flatnonzero(classes != rows.classes).tolist()
        if row not in removed
    }
    return Cleaned(removed, relabelled, classes)


def _one_name_each(classes: npt.NDArray[np.int32], labels: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the classes with the commonest name in the place of its variants; the first of equally common ones."""
    counts = np.bincount(classes, minlength=len(labels))
    names: dict[str, int] = {}
    for number in np.argsort(-counts, kind="stable").tolist():
        names.setdefault(name_of_label(labels[number]), number)
    chosen = np.array([names[name_of_label(label)] for label in labels], dtype=np.int32)
    return chosen[classes]
