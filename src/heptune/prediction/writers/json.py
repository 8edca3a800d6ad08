"""JSON Lines, and a JSON document of rows."""

import json
from collections.abc import Mapping
from typing import TextIO

from heptune.prediction.rows import Column
from heptune.prediction.values import as_json


class JsonLinesWriter:
    """Writes one object a line.

    Args:
        stream: Opened for UTF-8.
        closes: Whether closing the writer closes the stream.
    """

    def __init__(self, stream: TextIO, *, closes: bool = True) -> None:
        self._stream = stream
        self._closes = closes

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows; see `Writer.write`."""
        self._stream.writelines(f"{row}\n" for row in rows_as_json(columns))

    def close(self) -> None:
        """Close the file; see `Writer.close`."""
        if self._closes:
            self._stream.close()


class JsonWriter:
    """Writes a list of objects, one a line.

    Args:
        stream: Opened for UTF-8.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._before = "[\n"

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows; see `Writer.write`."""
        for row in rows_as_json(columns):
            self._stream.write(self._before + row)
            self._before = ",\n"

    def close(self) -> None:
        """Close the list and the file; see `Writer.close`."""
        self._stream.write("[]\n" if self._before == "[\n" else "\n]\n")
        self._stream.close()


def rows_as_json(columns: Mapping[str, Column]) -> list[str]:
    """Return each row as an object; what a row says nothing of is left out."""
    keys = [json.dumps(name, ensure_ascii=False) for name in columns]
    values = zip(*map(as_json, columns.values()), strict=True)
    return [
        "{" + ", ".join(f"{key}: {value}" for key, value in zip(keys, row, strict=True) if value is not None) + "}"
        for row in values
    ]
