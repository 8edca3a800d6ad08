"""Decode JSON so that everything stays as it was written, and turn its objects into columns of text."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from heptune.data.table import MISSING, Chunk, RowBatch
from heptune.i18n import _

# Rows whose keys make the columns.
SURVEYED_ROWS = 1_000
NESTED = frozenset({"object", "array"})

Row = dict[str, object]
AddFault = Callable[[int, str], object]
# An object comes as a tuple of its (key, value) pairs, an array as a list.
JsonObject = tuple[tuple[str, object], ...]


class JsonNumber(str):
    """A number, or NaN and the like, as it was written."""

    __slots__ = ()


DECODER = json.JSONDecoder(
    parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=JsonNumber, object_pairs_hook=tuple
)


class JsonFaultError(ValueError):
    """A value that cannot become a row, with a sentence that says why."""


def decode(text: str) -> object:
    """Return the value of one JSON document.

    Raises:
        json.JSONDecodeError: the text is no JSON.
        JsonFaultError: it is nested too deeply.
    """
    try:
        return DECODER.decode(text)
    except RecursionError as error:
        raise JsonFaultError(_("is nested too deeply")) from error


def to_row(value: object) -> dict[str, object]:
    """Return an object as a dictionary.

    Raises:
        JsonFaultError: it is no object, or a key stands in it twice.
    """
    if not isinstance(value, tuple):
        found = _("a string or a number") if isinstance(value, str) else type_name(value)
        raise JsonFaultError(_("is {found}, not an object with columns", found=found))
    row = dict(value)
    if len(row) < len(value):
        keys = [key for key, _value in value]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise JsonFaultError(_("the key {key} stands twice", key=repr(doubled)))
    return row


def to_text(value: object) -> str | None:
    """Return a scalar as it is written in the file, without the quotation marks of a string; null is None.

    Raises:
        JsonFaultError: the value is nested, or holds half a character.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if not _is_whole(value):
            raise JsonFaultError(_("holds half of a surrogate pair, which is no character"))
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    raise JsonFaultError(_("holds {found} where text is needed", found=type_name(value)))


def to_json(value: object) -> str:
    """Return a decoded value as JSON, its numbers as they were written."""
    if isinstance(value, JsonNumber):
        return str(value)
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{to_json(key)}: {to_json(inner)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=isinstance(value, str) and not _is_whole(value))


def _is_whole(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def type_name(value: object) -> str:
    """Return the JSON name of a decoded value's type; numbers have become strings."""
    return {tuple: "object", list: "array", bool: "boolean", type(None): "null"}.get(type(value), "string")


def remedy_for_rows() -> str:
    """Return what to do about rows that are JSON but hold no text or label."""
    return _("write each row as one object with text and label as strings, no key twice")


@dataclass(frozen=True, slots=True)
class JsonColumns:
    """The keys of some rows in order of appearance: those that can be text, and those that hold only nested values."""

    columns: tuple[str, ...]
    unreadable: dict[str, str]


def survey_columns(rows: Iterable[Row]) -> JsonColumns:
    """Sort the keys of some rows; one that is nested in a few rows only counts as text, and those rows as faults."""
    types: dict[str, set[str]] = {}
    for row in rows:
        for key, value in row.items():
            types.setdefault(key, set()).add(type_name(value))
    nested = {key: found - {"null"} for key, found in types.items() if found & NESTED and not found - NESTED - {"null"}}
    return JsonColumns(
        columns=tuple(key for key in types if key not in nested),
        unreadable={key: ", ".join(sorted(found)) for key, found in nested.items()},
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some consecutive rows and the line or row number of each."""

    positions: list[int]
    rows: list[Row]

    def to_chunk(self, columns: Sequence[str], add_fault: AddFault) -> Chunk:
        """Return the wanted columns; a value that cannot be text becomes a fault and stands as null."""
        texts = {name: self._to_array(name, add_fault) for name in columns}
        return Chunk(pa.array(self.positions, pa.int64()), texts)

    def to_row_batch(self, text_column: str, add_fault: AddFault) -> RowBatch:
        """Return all columns as they were written; a text that cannot be one becomes a fault and is None."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        columns = {name: [row.get(name, MISSING) for row in self.rows] for name in names}
        texts = self._to_texts(text_column, [row.get(text_column) for row in self.rows], add_fault)
        return RowBatch(self.positions, texts, columns)

    def _to_array(self, name: str, add_fault: AddFault) -> pa.LargeStringArray:
        values = [row.get(name) for row in self.rows]
        try:
            return pa.array(values, pa.large_string())
        except (pa.ArrowTypeError, UnicodeEncodeError):  # not all of them are whole strings
            return pa.array(self._to_texts(name, values, add_fault), pa.large_string())

    def _to_texts(self, name: str, values: list[object], add_fault: AddFault) -> list[str | None]:
        texts: list[str | None] = []
        for position, value in zip(self.positions, values, strict=True):
            try:
                texts.append(to_text(value))
            except JsonFaultError as error:
                add_fault(position, _("column {name}: {fault}", name=repr(name), fault=str(error)))
                texts.append(None)
        return texts
