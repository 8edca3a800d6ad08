"""Parquet and Arrow files, a batch at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet

from heptune.data.readers.faults import FaultLog, require_columns, require_rows
from heptune.data.readers.header import refuse_doubled_names
from heptune.data.table import CHUNK_ROWS, Chunk, RowBatch
from heptune.errors import InvalidInputError
from heptune.i18n import Sentence, _

ARROW_FILE_MAGIC = b"ARROW1"
_FLAT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_null,
)
# Doubles from here on need not fit into 64-bit integers.
LARGEST_WHOLE = 2.0**63


@dataclass(frozen=True, slots=True)
class ArrowTable:
    """A Parquet file, or an Arrow file in the file or the stream format; see `TextTable`."""

    path: Path
    format: str
    columns: tuple[str, ...]
    unreadable: dict[str, str]
    notes: tuple[Sentence, ...] = ()

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the rows of `columns`; see `TextTable.chunks`."""
        require_columns(self, columns)
        faults = FaultLog(self.path, remedy=_("write these texts as UTF-8, in a column of strings"))
        first_row = 1
        for batch in _read_batches(self.path, self.format, columns):
            positions = pa.array(np.arange(first_row, first_row + batch.num_rows))
            yield Chunk(positions, {name: _to_text(batch, name, first_row, faults) for name in columns})
            first_row += batch.num_rows
        faults.raise_if_any()

    def batches(self, text_column: str, faults: FaultLog) -> Iterator[RowBatch]:
        """Yield the rows; see `TextTable.batches`."""
        first_row = 1
        for batch in _read_batches(self.path, self.format, None):
            texts = _to_text(batch, text_column, first_row, faults).to_pylist()
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield RowBatch(range(first_row, first_row + batch.num_rows), texts, columns)
            first_row += batch.num_rows


def open_arrow(path: Path, file_format: str) -> ArrowTable:
    """Open a file in the format `parquet` or `arrow`.

    Raises:
        InvalidInputError: it is damaged, has no row, or two columns of one name.
    """
    fields = _read_fields(path, file_format)
    refuse_doubled_names(path, [field.name for field in fields])
    flat = tuple(field.name for field in fields if _can_be_text(field.type))
    nested = {field.name: str(field.type) for field in fields if not _can_be_text(field.type)}
    has_rows = next(_read_batches(path, file_format, flat), None) is not None
    require_rows(path, has_header=bool(fields), has_rows=has_rows)
    return ArrowTable(path, file_format, flat, nested)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: pa.DataType


def _read_fields(path: Path, file_format: str) -> list[_Field]:
    with _damage_explained(path, file_format), pa.memory_map(str(path)) as source:
        schema = pa.parquet.read_schema(source) if file_format == "parquet" else _open_ipc(source).schema
        return [_Field(field.name, field.type) for field in schema]


def _read_batches(path: Path, file_format: str, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """Yield batches of 1 to `CHUNK_ROWS` rows with some columns, or with all."""
    with _damage_explained(path, file_format):
        read = _read_parquet if file_format == "parquet" else _read_ipc
        for batch in read(path, None if columns is None else list(columns)):
            for start in range(0, batch.num_rows, CHUNK_ROWS):
                yield batch.slice(start, CHUNK_ROWS)


def _read_parquet(path: Path, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    with pa.parquet.ParquetFile(path, memory_map=True) as file:
        yield from file.iter_batches(batch_size=CHUNK_ROWS, columns=columns)


def _read_ipc(path: Path, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(path)) as source:
        reader = _open_ipc(source)
        batches = map(reader.get_batch, range(reader.num_record_batches)) if hasattr(reader, "get_batch") else reader
        for batch in batches:
            yield batch if columns is None else batch.select(columns)


def _open_ipc(source: pa.NativeFile) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    is_file_format = source.read(len(ARROW_FILE_MAGIC)) == ARROW_FILE_MAGIC
    source.seek(0)
    return pa.ipc.open_file(source) if is_file_format else pa.ipc.open_stream(source)


def _to_text(batch: pa.RecordBatch, name: str, first_row: int, faults: FaultLog) -> pa.LargeStringArray:
    column = batch.column(name)
    try:
        return _array_to_text(column)
    except pa.ArrowInvalid:
        return _to_text_one_by_one(column, name, first_row, faults)


def _to_text_one_by_one(column: pa.Array, name: str, first_row: int, faults: FaultLog) -> pa.LargeStringArray:
    """Find the values that cannot be text; they become faults and stand as null."""
    texts: list[str | None] = []
    for index in range(len(column)):
        try:
            texts += _array_to_text(column.slice(index, 1)).to_pylist()
        except pa.ArrowInvalid:
            faults.add_row(first_row + index, _("column {name} holds bytes that are not UTF-8", name=repr(name)))
            texts.append(None)
    return pa.array(texts, pa.large_string())


def _can_be_text(data_type: pa.DataType) -> bool:
    """Whether values of this type have a text form: no lists, structs, maps and the like."""
    if pa.types.is_dictionary(data_type):
        return _can_be_text(data_type.value_type)
    return any(is_flat(data_type) for is_flat in _FLAT)


def _array_to_text(array: pa.Array) -> pa.LargeStringArray:
    """Return the values `[n]` as text: true and false, whole floats without a fraction, NaN as null, dates as ISO.

    Raises:
        pa.ArrowInvalid: bytes are not UTF-8, or the array is damaged.
    """
    array.validate(full=True)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_floating(array.type):
        return _floats_to_text(array)
    return array.cast(pa.large_string())


def _floats_to_text(array: pa.FloatingPointArray) -> pa.LargeStringArray:
    """Write 3.0 as 3: pandas turns integer labels into floats as soon as one of them is missing."""
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())
    is_whole = pc.and_(pc.equal(pc.trunc(array), array), pc.less(pc.abs(array), LARGEST_WHOLE))
    whole = pc.if_else(is_whole, array, None).cast(pa.int64()).cast(pa.large_string())
    shortest = pc.if_else(pc.is_nan(array), None, array.cast(pa.large_string()))
    return pc.if_else(is_whole, whole, shortest)


@contextmanager
def _damage_explained(path: Path, file_format: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise InvalidInputError(
            _("{file} cannot be read as {format}", file=path.name, format=file_format.capitalize()),
            code="damaged_file",
            where=str(path),
            found=str(error).splitlines()[0] if str(error) else type(error).__name__,
            remedy=_("get or write the file again; Feather files of version 1 must be saved as version 2"),
        ) from error
