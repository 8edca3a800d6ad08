"""The classes of all rows, and what is wrong with them."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from heptune.data.columns import stands_one_to_one
from heptune.data.labels import order_labels
from heptune.data.text import blank_mask, is_blank
from heptune.errors import Fault, InvalidInputError, UsageError
from heptune.i18n import Sentence, _
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.goal import LabelDefinition

# A label column with more values than this, most of them rare, is no label column.
MOST_LABELS = 2_000
NO_CLASS = -1
FILES_SHOWN = 3
LABELS_SHOWN = 20


def labels_place(label_column: str, files: Sequence[str]) -> Sentence:
    """Return where the labels stand, for messages."""
    return _("{files}, column {name}", files=", ".join(files[:FILES_SHOWN]), name=label_column)


def find_classes(
    tables: dict[str, pa.Table], declared: Sequence[LabelDefinition], *, where: Sentence
) -> tuple[LabelInfo, ...]:
    """Return the classes over all rows that have a label, in class order.

    Args:
        tables: The raw rows of each part.
        declared: The labels of the goal.
        where: Where the labels stand, for messages.

    Raises:
        InvalidInputError: there is one class only, or there are far too many.
        UsageError: a label is not declared.
    """
    labels = pa.chunked_array(
        [chunk for table in tables.values() for chunk in table["label"].chunks], type=pa.large_string()
    )
    found = [value for value in pc.unique(labels).to_pylist() if not is_blank(value)]
    rows = len(labels)
    if len(found) > MOST_LABELS or (len(found) > 20 and len(found) > rows / 2):
        raise InvalidInputError(
            _("The label column does not look like labels."),
            code="too_many_labels",
            where=where,
            expected=_("few different values, each with several rows"),
            found=_("{count} different values in {rows} rows", count=len(found), rows=rows),
            remedy=_("Name the right column with --label-column COLUMN."),
        )
    labels_in_order = order_labels(found, declared, _names(tables, found))
    if len(found) < 2:
        raise InvalidInputError(
            _("All rows have the same label."),
            code="one_class",
            where=where,
            expected=_("at least two different labels"),
            found=found[0] if found else _("no label at all"),
            remedy=_("Add rows of the other classes, or name the right column with --label-column COLUMN."),
        )
    return labels_in_order


def class_ids(raw: pa.Table, labels: Sequence[LabelInfo]) -> npt.NDArray[np.int32]:
    """Return the inner class id of each raw row `[n]`; -1 for a row without a text or a label."""
    identifiers = pa.array([label.identifier for label in labels], pa.large_string())
    ids = pc.fill_null(pc.index_in(raw["label"], value_set=identifiers), NO_CLASS)
    ids = pc.if_else(blank_mask(raw["text"]), pa.scalar(NO_CLASS, pa.int32()), ids)
    return np.asarray(ids.to_numpy(), dtype=np.int32)


def check_test_classes(
    train: npt.NDArray[np.int32], test: npt.NDArray[np.int32], labels: Sequence[LabelInfo], *, where: Sentence
) -> None:
    """Refuse classes that only test rows have: no model can learn them.

    Raises:
        InvalidInputError: with every such class and its number of test rows.
    """
    in_train = np.bincount(train[train >= 0], minlength=len(labels))
    in_test = np.bincount(test[test >= 0], minlength=len(labels))
    only = [index for index in range(len(labels)) if in_test[index] and not in_train[index]]
    if only:
        raise InvalidInputError(
            _("Some labels stand in the test rows alone; no model can learn them."),
            code="class_only_in_test",
            where=where,
            expected=_("training rows of every class"),
            faults=[
                Fault(
                    where=labels[index].name, message=_("{count} test rows, no training row", count=int(in_test[index]))
                )
                for index in only
            ],
            remedy=_("Add training rows, or correct these labels in the test rows."),
        )


def check_costs(costs: Mapping[str, Mapping[str, float]], labels: Sequence[LabelInfo]) -> None:
    """Refuse costs of labels that there are not.

    Raises:
        UsageError: naming them.
    """
    names = [label.name for label in labels]
    named = {name for true, decisions in costs.items() for name in (true, *decisions)}
    unknown = sorted(named.difference(names))
    if unknown:
        raise UsageError(
            _("Costs are stated for labels that there are not."),
            code="unknown_label",
            where="goal.costs",
            expected=", ".join(names[:LABELS_SHOWN]) + (", …" if len(names) > LABELS_SHOWN else ""),
            found=", ".join(unknown),
        )


def check_training_classes(by_label: Sequence[int], labels: Sequence[LabelInfo], *, where: Sentence) -> None:
    """Refuse training rows of a single class, as a small sample may draw them.

    Raises:
        InvalidInputError: naming the class.
    """
    present = [label.name for label, count in zip(labels, by_label, strict=True) if count]
    if len(present) < 2:
        raise InvalidInputError(
            _("All training rows that were drawn have the same label."),
            code="one_class",
            where=where,
            expected=_("at least two different labels"),
            found=", ".join(present) or _("no label at all"),
            remedy=_("Draw more rows, or add rows of the other classes."),
        )


def _names(tables: dict[str, pa.Table], values: Sequence[str]) -> dict[str, str]:
    """Return the name of each label value where names stand one to one with values in all rows; else nothing."""
    pairs = pa.concat_tables([table.select(["label", "label_name"]) for table in tables.values()])
    distinct = pairs.group_by(["label", "label_name"]).aggregate([]).drop_null()
    identifiers, names = distinct["label"].to_pylist(), distinct["label_name"].to_pylist()
    if not stands_one_to_one(identifiers, names):
        return {}
    by_identifier = {key: name for key, name in zip(identifiers, names, strict=True) if not is_blank(name)}
    return by_identifier if by_identifier.keys() >= set(values) else {}
