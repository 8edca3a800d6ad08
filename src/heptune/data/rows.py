"""Rows in Arrow files, memory-mapped, so that ten million rows need no ten million Python objects."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.table import CHUNK_ROWS, TextTable

RAW_SCHEMA = pa.schema(
    [
        ("file", pa.int16()),
        ("position", pa.int64()),
        ("text", pa.large_string()),
        ("label", pa.large_string()),
        ("label_name", pa.large_string()),
    ]
)
SPLIT_SCHEMA = pa.schema(
    [("file", pa.int16()), ("position", pa.int64()), ("text", pa.large_string()), ("label", pa.int32())]
)

# Columns of the data beside the test rows, under their own names.
TEST_COLUMNS = "test_columns.arrow"
# Numbers of the user's groups beside the test rows.
TEST_GROUPS = "test_groups.arrow"


def further_column(name: str) -> str:
    """Return the name that another column of the data has among raw rows."""
    return f"column:{name}"


def write_raw_rows(
    path: Path,
    tables: Sequence[TextTable],
    *,
    text: str,
    label: str,
    label_name: str | None,
    first_file: int,
    further: Sequence[str] = (),
    poll: Callable[[], None] = lambda: None,
) -> None:
    """Write the wanted columns of some files one after the other, as they are read.

    Args:
        path: Where to.
        tables: The opened files.
        text: The text column.
        label: The label column.
        label_name: The column with the labels' names; None where there is none. A file may lack it.
        first_file: Number of the first of the files among all.
        further: Other columns that are wanted; null in a file without them.
        poll: Called between chunks; raises where the user asked to stop.

    Raises:
        InvalidInputError: a file has faults.
    """
    schema = pa.schema([*RAW_SCHEMA, *((further_column(name), pa.large_string()) for name in further)])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for number, table in enumerate(tables, first_file):
            optional = [name for name in (label_name, *further) if name in table.columns]
            for chunk in table.chunks(list(dict.fromkeys([text, label, *optional]))):
                poll()
                nothing = pa.nulls(len(chunk.positions), pa.large_string())
                file = pa.array(np.full(len(chunk.positions), number, dtype=np.int16))
                others = [chunk.columns.get(name, nothing) for name in (label_name or "", *further)]
                columns = [file, chunk.positions, chunk.columns[text], chunk.columns[label], *others]
                writer.write_batch(pa.record_batch(columns, schema=schema))


def write_split(path: Path, raw: pa.Table, rows: npt.NDArray[np.int64], classes: npt.NDArray[np.int32]) -> None:
    """Write some of the raw rows with their inner class ids.

    Args:
        path: Where to.
        raw: Rows as `write_raw_rows` wrote them.
        rows: Row numbers in `raw`, in the order wanted `[n]`.
        classes: Inner class id of every row of `raw`.
    """
    batches = raw.select(["file", "position", "text"]).to_batches()
    first_rows = np.cumsum([0, *(batch.num_rows for batch in batches)])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, SPLIT_SCHEMA) as writer:
        for start in range(0, len(rows), CHUNK_ROWS):
            chosen = rows[start : start + CHUNK_ROWS]
            taken = _take(batches, first_rows, chosen)
            columns = [column.chunk(0) for column in taken.columns]
            writer.write_batch(pa.record_batch([*columns, pa.array(classes[chosen])], schema=SPLIT_SCHEMA))


def write_columns(path: Path, raw: pa.Table, rows: npt.NDArray[np.int64], names: Sequence[str]) -> None:
    """Write further columns of some of the raw rows.

    Args:
        path: Where to.
        raw: Rows as `write_raw_rows` wrote them.
        rows: Row numbers in `raw`, in the order wanted `[n]`.
        names: Of the columns, which were read as further ones.
    """
    columns = [raw[further_column(name)].take(pa.array(rows)) for name in names]
    table = pa.table(columns, names=list(names))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=CHUNK_ROWS)


def write_groups(path: Path, groups: npt.NDArray[np.int64]) -> None:
    """Write the group of each row `[n]`, as a number."""
    table = pa.table({"group": groups})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=CHUNK_ROWS)


def open_groups(path: Path) -> npt.NDArray[np.int64]:
    """Read what `write_groups` wrote."""
    groups: npt.NDArray[np.int64] = open_rows(path)["group"].to_numpy()
    return groups


def _take(
    batches: Sequence[pa.RecordBatch], first_rows: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> pa.Table:
    """Return some rows in the order wanted, as one chunk; a take from the whole table would copy it all each time."""
    batch_of_row = np.searchsorted(first_rows, rows, side="right") - 1
    order = np.argsort(batch_of_row, kind="stable")
    numbers, starts = np.unique(batch_of_row[order], return_index=True)
    pieces = [
        batches[number].take(pa.array(rows[places] - first_rows[number]))
        for number, places in zip(numbers, np.split(order, starts[1:]), strict=True)
    ]
    return pa.Table.from_batches(pieces).combine_chunks().take(pa.array(np.argsort(order)))


def open_rows(path: Path) -> pa.Table:
    """Open a file of rows; the operating system brings in what is read."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def texts_of(rows: pa.Table) -> Iterator[str]:
    """Yield the texts in order without holding all of them."""
    for chunk in rows["text"].chunks:
        yield from chunk.to_pylist()


def digest_of_rows(rows: pa.Table, label_names: Sequence[str]) -> str:
    """Return the sha256 of texts and labels in order, whatever file they came from."""
    digest = hashlib.sha256()
    for batch in rows.to_batches(max_chunksize=CHUNK_ROWS):
        for text, label in zip(batch["text"].to_pylist(), batch["label"].to_pylist(), strict=True):
            digest.update(f"{text}\x1f{label_names[label]}\x1e".encode())
    return digest.hexdigest()
