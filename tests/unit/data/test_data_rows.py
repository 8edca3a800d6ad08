"""Rows in Arrow files: written as they are read, taken in any order, digested by content."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from heptune.data.readers.open_table import open_table
from heptune.data.rows import RAW_SCHEMA, digest_of_rows, open_rows, texts_of, write_raw_rows, write_split
from heptune.data.table import CHUNK_ROWS, Chunk


@dataclass(frozen=True)
class Table:
    """A table in memory, in chunks of given sizes."""

    path: Path = Path("table.csv")
    columns: tuple[str, ...] = ("text", "label")
    sizes: tuple[int, ...] = (3,)
    format: str = "csv"
    unreadable: dict = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def chunks(self, columns):
        first = 0
        for size in self.sizes:
            rows = range(first, first + size)
            values = {name: pa.array([f"{name} {row}" for row in rows], pa.large_string()) for name in columns}
            yield Chunk(pa.array([row + 2 for row in rows], pa.int64()), values)
            first += size


def write(path, *tables, **options):
    write_raw_rows(path, tables, **({"text": "text", "label": "label", "label_name": None, "first_file": 0} | options))
    return open_rows(path)


def test_raw_rows_know_their_file_and_position(tmp_path):
    raw = write(tmp_path / "raw.arrow", Table(sizes=(2, 1)), Table(sizes=(1,)), first_file=4)
    assert raw.schema == RAW_SCHEMA
    assert raw["file"].to_pylist() == [4, 4, 4, 5]
    assert raw["position"].to_pylist() == [2, 3, 4, 2]
    assert raw["text"].to_pylist() == ["text 0", "text 1", "text 2", "text 0"]
    assert raw["label_name"].to_pylist() == [None] * 4


def test_names_are_read_from_the_files_that_have_them(tmp_path):
    with_names = Table(columns=("text", "label", "label_text"), sizes=(2,))
    raw = write(tmp_path / "raw.arrow", with_names, Table(sizes=(1,)), label_name="label_text")
    assert raw["label_name"].to_pylist() == ["label_text 0", "label_text 1", None]


def test_one_column_can_serve_twice(tmp_path):
    raw = write(tmp_path / "raw.arrow", Table(sizes=(1,)), label_name="label")
    assert raw["label"].to_pylist() == raw["label_name"].to_pylist() == ["label 0"]


def test_reading_stops_between_chunks_when_asked_to(tmp_path):
    polled = []

    def stop_at_the_second():
        polled.append(True)
        if len(polled) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write(tmp_path / "raw.arrow", Table(sizes=(1, 1, 1)), poll=stop_at_the_second)
    assert len(polled) == 2


@pytest.mark.parametrize("sizes", [(5,), (1, 2, 3), (CHUNK_ROWS, 7, CHUNK_ROWS)])
@pytest.mark.parametrize("order", ["file", "reversed", "shuffled", "some", "none"])
def test_a_split_holds_the_rows_in_the_order_wanted(tmp_path, sizes, order):
    raw = write(tmp_path / "raw.arrow", Table(sizes=sizes))
    total = sum(sizes)
    shuffled = np.random.default_rng(0).permutation(total)
    rows = {
        "file": np.arange(total),
        "reversed": np.arange(total)[::-1],
        "shuffled": shuffled,
        "some": shuffled[: total // 2],
        "none": shuffled[:0],
    }[order]
    classes = (np.arange(total) % 3).astype(np.int32)
    write_split(tmp_path / "split.arrow", raw, rows, classes)
    split = open_rows(tmp_path / "split.arrow")
    assert split["text"].to_pylist() == list(texts_of(split)) == [f"text {row}" for row in rows]
    assert split["position"].to_pylist() == [row + 2 for row in rows]
    assert split["label"].to_pylist() == (rows % 3).tolist()
    assert all(len(chunk) <= CHUNK_ROWS for chunk in split["text"].chunks)


def digest(rows, names=("a", "b"), chunk=None):
    texts, labels = zip(*rows, strict=True)
    table = pa.table({"text": pa.array(texts, pa.large_string()), "label": pa.array(labels, pa.int32())})
    if chunk:
        table = pa.Table.from_batches(table.to_batches(max_chunksize=chunk))
    return digest_of_rows(table, names)


def test_the_digest_is_of_texts_labels_and_their_order_alone():
    rows = [("one", 0), ("two", 1), ("three", 0)]
    assert digest(rows) == digest(rows, chunk=1)
    assert digest(rows) == digest([(text, 1 - label) for text, label in rows], names=("b", "a"))
    others = [rows[::-1], rows[:2], [("One", 0), *rows[1:]], [("one", 1), *rows[1:]], [("onea", 0), *rows[1:]]]
    assert len({digest(rows), digest(rows, names=("a", "c")), *map(digest, others)}) == 7


def test_rows_of_a_csv_file_point_at_their_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,label\n"two\nlines",a\nnext,b\n')
    raw = write(tmp_path / "raw.arrow", open_table(path))
    assert raw["position"].to_pylist() == [2, 4]
    assert raw["text"].to_pylist() == ["two\nlines", "next"]
