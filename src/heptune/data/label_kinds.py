"""Of which kind labels are, and how their names become labels of that kind again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import numpy as np

LabelKind = Literal["str", "bool", "int", "float"]

# bool before int, as True is an int too.
_TYPES: Mapping[LabelKind, tuple[type, ...]] = {
    "bool": (bool, np.bool_),
    "int": (int, np.integer),
    "float": (float, np.floating),
}
_READERS: Mapping[LabelKind, Callable[[str], Any]] = {
    "bool": {"True": True, "False": False}.__getitem__,
    "int": int,
    "float": float,
    "str": str,
}


def kind_of(labels: Iterable[Any]) -> LabelKind:
    """Return the kind that all labels are of; `str` where they differ, or cannot be read back from their names."""
    kinds = {_kind_of_one(label) for label in labels}
    return kinds.pop() if len(kinds) == 1 else "str"


def label_of(name: str, kind: LabelKind) -> Any:  # noqa: ANN401 - any label
    """Return the label of a kind from the text that stands for it in files.

    Raises:
        ValueError: it cannot be read as one.
    """
    try:
        return _READERS[kind](name)
    except KeyError as error:
        raise ValueError(name) from error


def _kind_of_one(label: object) -> LabelKind:
    kind: LabelKind = next((kind for kind, types in _TYPES.items() if isinstance(label, types)), "str")
    try:
        return kind if label_of(str(label), kind) == label else "str"
    except ValueError:  # numpy's time spans are integers too
        return "str"
