"""Rows without a text or a label: counted, shown, dropped, or an error when they are many."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.text import is_blank
from heptune.errors import FAULTS_SHOWN, Fault, InvalidInputError
from heptune.i18n import Sentence, _
from heptune.schemas.data_files import LINE_FORMATS, format_of
from heptune.schemas.dataset import DroppedRow, LabelInfo
from heptune.steps.step3_dataset.parts import RawParts

# More than both is an error: a few empty cells happen, many are a broken export.
MANY_ROWS = 20
MANY_SHARE = 0.05


def describe_empty_rows(raw: RawParts, part: str, rows: npt.NDArray[np.int64]) -> tuple[DroppedRow, ...]:
    """Return where the first of these rows stand, and which of their columns is empty."""
    taken = raw.tables[part].take(rows[:FAULTS_SHOWN])
    return tuple(
        DroppedRow(
            file=Path(raw.files[row["file"]]).name,
            position=row["position"],
            column=raw.columns.text if is_blank(row["text"]) else raw.columns.label,
        )
        for row in taken.to_pylist()
    )


def check_empty_rows(dropped: Sequence[DroppedRow], count: int, rows: int, *, policy: str) -> None:
    """Refuse empty rows where the settings say so, or where they are many.

    Args:
        dropped: The first of them.
        count: How many there are.
        rows: Of how many.
        policy: `drop` or `error`.

    Raises:
        InvalidInputError: with the first rows and the count.
    """
    many = count > MANY_ROWS and count > MANY_SHARE * rows
    if not count or not (many or policy == "error"):
        return
    faults = [
        Fault(
            where=_("{file}, line {position}", file=row.file, position=row.position)
            if format_of(Path(row.file)) in LINE_FORMATS
            else _("{file}, row {position}", file=row.file, position=row.position),
            message=_("{column} is empty", column=row.column),
        )
        for row in dropped
    ]
    more = count - len(faults)
    raise InvalidInputError(
        _("{count} of {rows} rows have no text or no label.", count=count, rows=rows),
        code="empty_rows",
        faults=faults,
        found=_("{count} more", count=more) if more else "",
        expected=_("at most {count} rows or {share:.0%}", count=MANY_ROWS, share=MANY_SHARE)
        if policy == "drop"
        else _("none"),
        remedy=_("Fill them in, take them out, or name the right columns with --text-column and --label-column."),
    )


def check_vanished_classes(
    raw: pa.Table, ids: npt.NDArray[np.int32], labels: Sequence[LabelInfo], *, where: Sentence
) -> None:
    """Refuse a class all of whose rows have no text: it would be lost without a word.

    Raises:
        InvalidInputError: naming the classes.
    """
    present = set(raw["label"].unique().to_pylist())
    kept = set(np.unique(ids).tolist())
    lost = [label.name for index, label in enumerate(labels) if label.identifier in present and index not in kept]
    if lost:
        raise InvalidInputError(
            _("All rows of a class have no text: {labels}.", labels=", ".join(lost)),
            code="class_vanished",
            where=where,
            remedy=_("Fill in their texts, or take the class out of the data."),
        )
