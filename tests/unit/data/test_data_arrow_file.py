import datetime
import decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heptune.data.readers.open_table import open_table
from heptune.data.table import CHUNK_ROWS
from heptune.errors import InvalidInputError

WRITERS = ("parquet", "arrow", "feather", "ipc")


def write(path, table):
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        new = pa.ipc.new_stream if path.suffix == ".ipc" else pa.ipc.new_file
        with new(str(path), table.schema) as writer:
            writer.write_table(table)
    return path


def column_of(table, name):
    return [text for chunk in table.chunks([name]) for text in chunk.columns[name].to_pylist()]


@pytest.mark.parametrize("suffix", WRITERS)
def test_values_of_every_flat_type_become_text(tmp_path, suffix):
    columns = {
        "text": pa.array(["null", None, ""]),
        "int": pa.array([1, None, -3]),
        "gap": pa.array([1.0, None, 3.0]),
        "nan": pa.array([1.0, float("nan"), 1e16]),
        "float": pa.array([0.1, 2.0, 1e-7]),
        "float32": pa.array([0.1, 2.5, float("inf")], pa.float32()),
        "half": pa.array(np.array([0.5, 2.0, -1.0], dtype=np.float16)),
        "bool": pa.array([True, False, None]),
        "decimal": pa.array([decimal.Decimal("1.50")] * 3),
        "date": pa.array([datetime.date(2024, 1, 2)] * 3),
        "category": pa.array(["b", "a", "b"]).dictionary_encode(),
        "bytes": pa.array([b"a", None, "é".encode()]),
        "nothing": pa.nulls(3),
        "dotted.name": pa.array(["x", "y", "z"]),
    }
    table = open_table(write(tmp_path / f"a.{suffix}", pa.table(columns)))
    assert table.columns == tuple(columns)
    expected = {
        "text": ["null", None, ""],
        "int": ["1", None, "-3"],
        "gap": ["1", None, "3"],
        "nan": ["1", None, "10000000000000000"],
        "float": ["0.1", "2", "1e-7"],
        "float32": ["0.1", "2.5", "inf"],
        "half": ["0.5", "2", "-1"],
        "bool": ["true", "false", None],
        "decimal": ["1.50"] * 3,
        "date": ["2024-01-02"] * 3,
        "category": ["b", "a", "b"],
        "bytes": ["a", None, "é"],
        "nothing": [None] * 3,
        "dotted.name": ["x", "y", "z"],
    }
    assert {name: column_of(table, name) for name in columns} == expected


@pytest.mark.parametrize("suffix", WRITERS)
def test_nested_columns_are_named_with_their_type(tmp_path, suffix):
    data = pa.table({"text": ["a"], "list": [["x"]], "struct": [{"a": 1}]})
    table = open_table(write(tmp_path / f"a.{suffix}", data))
    assert table.columns == ("text",)
    assert set(table.unreadable) == {"list", "struct"}
    assert table.unreadable["list"].startswith("list<")
    with pytest.raises(InvalidInputError):
        list(table.chunks(["list"]))


@pytest.mark.parametrize("suffix", WRITERS)
def test_long_files_come_in_chunks_numbered_by_row(tmp_path, suffix):
    data = pa.table({"text": [str(i) for i in range(CHUNK_ROWS + 5)]})
    chunks = list(open_table(write(tmp_path / f"a.{suffix}", data)).chunks(["text"]))
    assert [len(chunk.positions) for chunk in chunks] == [CHUNK_ROWS, 5]
    assert chunks[1].positions.to_pylist()[-1] == CHUNK_ROWS + 5
    assert chunks[1].columns["text"].to_pylist()[-1] == str(CHUNK_ROWS + 4)


@pytest.mark.parametrize("suffix", WRITERS)
def test_bytes_that_are_no_text_are_faults_with_their_rows(tmp_path, suffix):
    values = [b"fine", b"\xff", None, b"\xfe"]
    wrong_string = pa.array(values).view(pa.string())
    for column in (pa.array(values), wrong_string):
        table = open_table(write(tmp_path / f"a.{suffix}", pa.table({"text": column})))
        with pytest.raises(InvalidInputError) as caught:
            list(table.chunks(["text"]))
        assert [fault.where for fault in caught.value.faults] == ["row 2", "row 4"]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_truncated_files_are_refused(tmp_path, suffix, share):
    path = write(tmp_path / f"a.{suffix}", pa.table({"text": ["some text"] * 1_000}))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(InvalidInputError) as caught:
        list(open_table(path).chunks(["text"]))
    assert caught.value.code == "damaged_file"
    assert caught.value.found


@pytest.mark.parametrize("suffix", WRITERS)
def test_other_bytes_are_refused(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"text,label\nhello,a\n" * 10)
    with pytest.raises(InvalidInputError) as caught:
        open_table(path)
    assert caught.value.code == "damaged_file"


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("rows", [{"text": pa.array([], pa.string())}, {}])
def test_files_without_rows_are_refused(tmp_path, suffix, rows):
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / f"a.{suffix}", pa.table(rows)))
    assert caught.value.code == ("no_rows" if rows else "empty_file")


def test_files_with_nested_columns_only_can_be_opened(tmp_path):
    table = open_table(write(tmp_path / "a.parquet", pa.table({"list": [["x"], ["y"]]})))
    assert table.columns == ()


def test_doubled_column_names_are_refused(tmp_path):
    doubled = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(tmp_path / "a.arrow", doubled))
    assert caught.value.code == "bad_column_names"
