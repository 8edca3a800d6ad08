"""Parquet and Arrow: columns keep the types that an Arrow file gave them; those of other files are text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.prediction.rows import Column
from heptune.prediction.values import as_arrow


class ArrowWriter:
    """Writes Parquet or Arrow; the first rows settle the types.

    Args:
        path: The file.
        file_format: Which of the two.
        columns: Names in the order wanted.
    """

    def __init__(self, path: Path, file_format: Literal["parquet", "arrow"], columns: Sequence[str]) -> None:
        self._path = path
        self._format = file_format
        self._columns = columns
        self._writer: Any = None
        self._schema: pa.Schema | None = None

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows; see `Writer.write`.

        Raises:
            InvalidInputError: a column has another type than in an earlier file.
        """
        count = len(next(iter(columns.values())))
        arrays = {name: as_arrow(columns[name]) if name in columns else pa.nulls(count) for name in self._columns}
        schema = self._settled(arrays)
        try:
            fitting = [arrays[field.name].cast(field.type) for field in schema]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InvalidInputError(
                _("A column has several types in these files."),
                code="other_type",
                where=", ".join(name for name, array in arrays.items() if array.type != schema.field(name).type),
                found=str(error).splitlines()[0],
                remedy=_("Write .jsonl or .csv, or predict the files one by one."),
            ) from error
        self._writer.write_batch(pa.RecordBatch.from_arrays(fitting, schema=schema))

    def close(self) -> None:
        """Close the file; see `Writer.close`."""
        if self._writer is None:
            self._settled({name: pa.array([], pa.large_string()) for name in self._columns})
        self._writer.close()

    def _settled(self, arrays: Mapping[str, pa.Array]) -> pa.Schema:
        if self._schema is None:
            # A column that has no value yet may have texts later on.
            types = {name: pa.large_string() if pa.types.is_null(a.type) else a.type for name, a in arrays.items()}
            self._schema = pa.schema(list(types.items()))
            opens = pa.parquet.ParquetWriter if self._format == "parquet" else pa.ipc.new_file
            self._writer = opens(str(self._path), self._schema)
        return self._schema
