"""Which column is the text and which the label: by name first, then by content."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from heptune.data.text import is_blank
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import Sentence, _

# Customary names, the more telling first.
TEXT_NAMES = (
    "text", "sentence", "review", "content", "message", "body", "comment", "tweet", "utterance", "query", "question",
    "description", "document", "title", "input", "文本", "内容", "评论", "句子", "正文", "消息",
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "category", "class", "target", "intent", "sentiment", "tag", "topic", "y", "output", "标签",
    "类别", "分类", "意图", "情感",
)  # fmt: skip
LABEL_TEXT_SUFFIXES = ("_text", "_name", "_names", "text", "name")

MOST_LABELS_SHARE = 0.5
MOST_LABELS = 2_000
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns to use.

    Attributes:
        text: The column that is classified.
        label: The column with the labels or their ids.
        label_name: The column with the labels' names, where `label` holds ids; else None.
        reason: How they were found.
    """

    text: str
    label: str
    label_name: str | None
    reason: Sentence


def choose_columns(
    sample: pa.Table, *, text: str | None, label: str | None, where: str, nested: Mapping[str, str] = NOTHING
) -> ChosenColumns:
    """Choose the text and label columns.

    Args:
        sample: The first rows, all columns as text.
        text: The text column where the user names it.
        label: The label column where the user names it.
        where: The file, for messages.
        nested: Columns that cannot be read as text, with their types.

    Raises:
        InvalidInputError: a named column is missing, or none can be found.
        InvalidInputError: a named column, or the one that its name speaks for, cannot be read as text.
    """
    columns = sample.column_names
    for asked, setting in ((text, "dataset.text_column"), (label, "dataset.label_column")):
        if asked is None or asked in columns:
            continue
        if asked in nested:
            raise nested_column(asked, nested[asked], where=where)
        raise missing_column(asked, columns, where=where, setting=setting)
    _refuse_nested_customary(columns, nested, () if text else TEXT_NAMES, where)
    _refuse_nested_customary(columns, nested, () if label else LABEL_NAMES, where)
    chosen_label = label or _find_label(sample, excluded=text)
    chosen_text = text or (_find_text(sample, excluded=chosen_label) if chosen_label else None)
    if chosen_label is None or chosen_text is None:
        raise _columns_not_found(columns, where, missing="text" if chosen_label else "label")
    if chosen_text == chosen_label:
        raise UsageError(
            _("Text and label are the same column, {name}.", name=chosen_text),
            code="same_column",
            where=where,
            remedy=_("Name them with --text-column COLUMN --label-column COLUMN."),
        )
    label_name = None if label else _find_label_names(sample, chosen_label)
    return ChosenColumns(chosen_text, chosen_label, label_name, _reason(text, label))


def missing_column(name: str, columns: Sequence[str], *, where: str, setting: str) -> InvalidInputError:
    """Return the error for a column that the file does not have; it names the nearest one."""
    by_folded = {column.casefold(): column for column in columns}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    hint = _('Did you mean "{name}"? ', name=by_folded[near[0]]) if near else ""
    return InvalidInputError(
        _('There is no column "{name}".', name=name),
        code="missing_column",
        where=where,
        expected=name,
        found=", ".join(columns),
        remedy=hint + _("Name the column with --set {setting}=COLUMN.", setting=setting),
    )


def nested_column(name: str, found: str, *, where: str) -> InvalidInputError:
    """Return the error for a column whose cells are lists or objects."""
    return InvalidInputError(
        _('The column "{name}" cannot be read as text.', name=name),
        code="nested_column",
        where=where,
        expected=_("one value a row"),
        found=found,
        remedy=_("Name another column with --text-column COLUMN or --label-column COLUMN, or flatten this one before."),
    )


def _refuse_nested_customary(
    columns: Sequence[str], nested: Mapping[str, str], names: Sequence[str], where: str
) -> None:
    """Where a nested column bears the most telling name, another one must not be taken for it in silence."""
    meant = _by_name([*columns, *nested], names)
    if meant is not None and meant in nested:
        raise nested_column(meant, nested[meant], where=where)


def _columns_not_found(columns: Sequence[str], where: str, *, missing: str) -> InvalidInputError:
    return InvalidInputError(
        _("Cannot tell which column is the text and which the label.")
        if missing == "text"
        else _("Cannot tell which column is the label."),
        code="columns_not_found",
        where=where,
        expected=_("a text column and a column with few different labels"),
        found=", ".join(columns),
        remedy=_("Name them with --text-column COLUMN --label-column COLUMN."),
    )


def _reason(text: str | None, label: str | None) -> Sentence:
    if text and label:
        return _("as given")
    if text or label:
        return _("one as given, the other by name and content")
    return _("by name and content")


def _find_label(sample: pa.Table, *, excluded: str | None) -> str | None:
    candidates = [name for name in sample.column_names if name != excluded]
    named = _by_name(candidates, LABEL_NAMES)
    if named:
        return named
    fitting = [name for name in candidates if _looks_like_labels(sample[name])]
    return min(
        fitting, key=lambda name: (pc.count_distinct(sample[name]).as_py(), _mean_length(sample[name])), default=None
    )


def _find_text(sample: pa.Table, *, excluded: str | None) -> str | None:
    candidates = [name for name in sample.column_names if name != excluded]
    named = _by_name(candidates, TEXT_NAMES)
    if named:
        return named
    longest = max(candidates, key=lambda name: _mean_length(sample[name]), default=None)
    return longest if longest and (_mean_length(sample[longest]) >= 8 or len(candidates) == 1) else None


def _by_name(columns: Sequence[str], names: Sequence[str]) -> str | None:
    folded = {column.casefold(): column for column in reversed(columns)}
    return next((folded[name] for name in names if name in folded), None)


def _looks_like_labels(column: pa.ChunkedArray) -> bool:
    rows = len(column) - column.null_count
    distinct = pc.count_distinct(column).as_py()
    return 2 <= distinct <= min(MOST_LABELS, max(2, rows * MOST_LABELS_SHARE)) and _mean_length(column) <= 60


def _mean_length(column: pa.ChunkedArray) -> float:
    return pc.mean(pc.utf8_length(column)).as_py() or 0.0


def _find_label_names(sample: pa.Table, label: str) -> str | None:
    """Return the column that stands one to one with an integer label column and is named after it."""
    values = [value for value in sample[label].to_pylist() if value]
    if not values or not all(_is_integer(value) for value in set(values)):
        return None
    wanted = {label.casefold() + suffix for suffix in LABEL_TEXT_SUFFIXES}
    for name in sample.column_names:
        if name.casefold() in wanted and stands_one_to_one(sample[label].to_pylist(), sample[name].to_pylist()):
            return name
    return None


def stands_one_to_one(first: Sequence[str | None], second: Sequence[str | None]) -> bool:
    """Return whether each value of one column goes with exactly one value of the other; rows with a blank are left out.

    Such rows are dropped later on.
    """
    pairs = {pair for pair in zip(first, second, strict=True) if not any(map(is_blank, pair))}
    return len(pairs) == len({left for left, _right in pairs}) == len({right for _left, right in pairs})


def _is_integer(value: str) -> bool:
    return value.removeprefix("-").isdecimal()
