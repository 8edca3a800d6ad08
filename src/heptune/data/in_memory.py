"""Texts and labels as any library holds them, brought into plain lists."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _

_COLLECTIONS = (list, tuple, dict, set, np.ndarray)


def as_list(values: Iterable[Any]) -> list[Any]:
    """Return the values one by one, whatever library holds them.

    Raises:
        UsageError: it is one text, or a table, or has no order.
    """
    is_no_list = isinstance(values, str | bytes | dict | set | frozenset) or not isinstance(values, Iterable)
    if is_no_list or len(getattr(values, "shape", (0,))) != 1:
        raise UsageError(
            _("This is no list of texts or labels."),
            code="no_list",
            expected=_("a list, or one column"),
            found=type(values).__name__,
        )
    if isinstance(values, np.ndarray):  # its own scalars keep their type
        return list(values)
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, method):
            plain: list[Any] = getattr(values, method)()
            return plain
    return list(values)


def as_texts(values: Iterable[str | None]) -> list[str | None]:
    """Return the texts; None where one is missing.

    Raises:
        UsageError: there is something else than text.
    """
    texts = [None if is_missing(text) else text for text in as_list(values)]
    for row, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            raise UsageError(
                _("There is something else than text among the texts."),
                code="no_texts",
                where=_("row {row} (from 0)", row=row),
                expected="str",
                found=f"{type(text).__name__}: {text!r}"[:200],
            )
    return texts


def as_column(values: Sequence[str | None]) -> pa.LargeStringArray:
    """Return texts as an Arrow array `[n]`; None is null.

    Raises:
        InvalidInputError: one is no valid Unicode.
    """
    try:
        return pa.array(values, pa.large_string())
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            _("Half a surrogate pair stands in a text or a label; it is no valid Unicode."),
            code="broken_text",
            found=repr(error.object)[:200],
        ) from error


def is_missing(value: Any) -> bool:  # noqa: ANN401 - any label
    """Return whether a library means "no value": None, nan, NaT or pandas.NA."""
    if value is None:
        return True
    if isinstance(value, _COLLECTIONS):
        return False
    try:
        return bool(value != value)  # noqa: PLR0124 - nan is what does not equal itself
    except (TypeError, ValueError):  # it does not say
        return type(value).__name__ == "NAType"


def labels_by_name(labels: Sequence[Any]) -> dict[str, Any]:
    """Return each label by the text that stands for it in files.

    Raises:
        UsageError: two labels are written alike, or one is a list.
    """
    by_name: dict[str, Any] = {}
    for row, label in enumerate(labels):
        if is_missing(label):
            continue
        other = by_name.setdefault(str(label), label)
        if isinstance(label, _COLLECTIONS) or other != label:
            raise UsageError(
                _("Labels have to be single values, and differ as text."),
                code="bad_labels",
                where=_("row {row} (from 0)", row=row),
                found=f"{type(label).__name__}: {label!r}"[:200],
                remedy=_("Give labels of one type, such as int or str."),
            )
    return by_name


def as_array(labels: Sequence[Any]) -> npt.NDArray[Any]:
    """Return the labels in their type; as objects where they have several, which numpy would change into one."""
    return np.array(labels, dtype=object if len({type(label) for label in labels}) > 1 else None)
