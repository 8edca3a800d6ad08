"""A cell of any file as text, as JSON, or as an Arrow value."""

import datetime
import json
import math
from collections.abc import Iterable, Sequence

import pyarrow as pa

from heptune.data.readers.json_rows import JsonNumber, to_json
from heptune.data.table import MISSING
from heptune.prediction.rows import Column


def as_objects(column: Column) -> Sequence[object]:
    """Return the values as Python objects."""
    return column.to_pylist() if isinstance(column, pa.Array) else column


def as_texts(column: Column) -> list[str | None]:
    """Return the values as text; None where there is none."""
    return [_as_text(value) for value in as_objects(column)]


def as_json(column: Column) -> Iterable[str | None]:
    """Return the values as JSON; None where a row says nothing of the column."""
    if isinstance(column, pa.Array):
        return (json.dumps(_plain(value), ensure_ascii=False) for value in column.to_pylist())
    return (None if value is MISSING else _to_json(value) for value in column)


def as_arrow(column: Column) -> pa.Array:
    """Return the values as an array: of the file's own type where it is an Arrow one, else of text."""
    return column if isinstance(column, pa.Array) else pa.array(as_texts(column), pa.large_string())


def _as_text(value: object) -> str | None:
    if value is None or value is MISSING:
        return None
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return to_json(value)
    if isinstance(value, (list, dict)):
        return to_json(value) if _is_decoded(value) else json.dumps(_plain(value), ensure_ascii=False)
    return str(_plain(value))


def _whole(text: str) -> str:
    """Return a text that can be written: half a surrogate pair, which JSON can hold, becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _is_decoded(value: object) -> bool:
    """Return whether a list is as a JSON file was read: its objects are tuples, its numbers kept as written."""
    return isinstance(value, list) and any(isinstance(inner, (JsonNumber, tuple)) for inner in value)


def _to_json(value: object) -> str:
    decoded = value is None or isinstance(value, (str, bool, tuple, list))
    return to_json(value) if decoded else json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    """Return what JSON can hold: no NaN, dates as ISO, bytes as text, decimals as they are written."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
