"""Rows in, rows with answers out: none lost, none twice, columns as they were, whatever the format."""

import csv
import datetime
import decimal
import gzip
import json

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heptune.data.readers.open_table import open_table
from heptune.errors import InvalidInputError, MissingError, UsageError
from heptune.prediction import task as task_module
from heptune.prediction.one_file import predict_to_file, refuse_place
from heptune.prediction.source import open_files

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "arrow", "xlsx")
ROWS = [("1", "short"), ("2", "x" * 80), ("3", ""), ("4", "很好，\n第二行"), ("5", '=1+"1"\t')]


def write(path, rows=ROWS):
    """Write rows of id and text in the format of the name, with the libraries that others use."""
    table = pa.table({"id": [row[0] for row in rows], "text": [row[1] for row in rows]})
    if path.suffix == ".parquet":
        pa.parquet.write_table(table, path)
    elif path.suffix == ".arrow":
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    elif path.suffix == ".xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        for number, row in enumerate([("id", "text"), *rows], start=1):
            book.active.append(row)
            book.active.cell(number, 2).data_type = "s"
        book.save(path)
    elif path.suffix in (".csv", ".tsv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writerows([("id", "text"), *rows])
    else:
        objects = [json.dumps(dict(zip(("id", "text"), row, strict=True))) for row in rows]
        path.write_text("\n".join(objects) if path.suffix == ".jsonl" else f"[{','.join(objects)}]")
    return path


def read(path):
    """Read columns as text with our readers, which have tests of their own."""
    table = open_table(path)
    chunks = list(table.chunks(table.columns))
    return {
        name: [value or "" for chunk in chunks for value in chunk.columns[name].to_pylist()] for name in table.columns
    }


def objects(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("given_format", FORMATS)
@pytest.mark.parametrize("wanted", FORMATS)
def test_every_format_becomes_every_other_with_order_and_columns_kept(task, tmp_path, given_format, wanted):
    out = tmp_path / f"out.{wanted}"
    report = predict_to_file(task(write(tmp_path / f"in.{given_format}"), scores="top"), out)
    found = read(out)
    assert list(found) == ["id", "text", "label", "score", "truncated", "error"]
    assert found["id"] == [row[0] for row in ROWS]
    assert found["text"] == [row[1] for row in ROWS]
    assert found["label"] == ["a", "b", "", "a", "a"]
    assert [float(text) for text in found["score"] if text] == pytest.approx([0.95, 0.8, 0.93, 0.93])
    assert (report.rows, report.errors) == (5, {"empty_text": 1})


def test_values_of_json_stay_as_they_were_written(task, tmp_path):
    row = (
        '{"id": 12345678901234567890, "price": 1.10, "text": "ok", "tags": ["x", {"y": null}], "on": true, "no": null}'
    )
    (tmp_path / "in.jsonl").write_text(row + "\n" + '{"text": "later", "new": 1e400}\n')
    predict_to_file(task(tmp_path / "in.jsonl", scores="none"), tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert lines[0].startswith(row[:-1])
    assert lines[1].startswith('{"text": "later", "new": 1e400, "label"')


def test_types_of_an_arrow_file_stay(task, tmp_path):
    columns = {
        "text": ["one", "two"],
        "price": [decimal.Decimal("1.10"), None],
        "when": [datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC), None],
        "tags": [["x"], []],
        "count": pa.array([1, None], pa.int8()),
    }
    pa.parquet.write_table(pa.table(columns), tmp_path / "in.parquet")
    predict_to_file(task(tmp_path / "in.parquet"), tmp_path / "out.parquet")
    before, after = pa.parquet.read_table(tmp_path / "in.parquet"), pa.parquet.read_table(tmp_path / "out.parquet")
    assert after.select(before.column_names).equals(before)
    assert after["score_b"].to_pylist() == [0.03, 0.03]
    predict_to_file(task(tmp_path / "in.parquet", scores="none"), tmp_path / "out.jsonl")
    first = objects(tmp_path / "out.jsonl")[0]
    assert (first["price"], first["when"], first["tags"], first["count"]) == (
        "1.10",
        "2026-01-02T03:00:00+00:00",
        ["x"],
        1,
    )


def test_numbers_and_dates_of_a_workbook_stay_numbers_and_dates(task, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("text", "n", "day"), ("one", 1.5, datetime.datetime(2026, 1, 2)), ("=2+3", 7, None)):
        book.active.append(row)
    book.active["A3"].data_type = "s"
    book.save(tmp_path / "in.xlsx")
    predict_to_file(task(tmp_path / "in.xlsx", scores="none"), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[1][:4] == ("one", 1.5, datetime.datetime(2026, 1, 2), "a")
    assert cells[2][:2] == ("=2+3", 7)
    assert sheet["A3"].data_type == "s"


def test_names_of_ours_step_aside_for_those_of_the_file(task, tmp_path):
    (tmp_path / "in.csv").write_text("text,label,predicted_label,error\nok,x,y,z\n")
    predict_to_file(task(tmp_path / "in.csv", scores="none"), tmp_path / "out.csv")
    (row,) = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    assert list(row) == [
        "text", "label", "predicted_label", "error", "predicted_predicted_label", "truncated", "predicted_error",
    ]  # fmt: skip
    assert list(row.values()) == ["ok", "x", "y", "z", "a", "false", ""]


def test_rows_that_cannot_be_read_stand_in_their_place_with_the_reason(task, tmp_path):
    lines = [b"id,text", b"1,one", b"2", b'3,"three, with ""marks"""', b"4,bad \xff byte", b"", "5,很好".encode()]
    content = b"\n".join([*lines, b'6,"never closed', b"7,lost\n"])
    (tmp_path / "in.csv").write_bytes(content)
    report = predict_to_file(task(tmp_path / "in.csv", scores="none"), tmp_path / "out.jsonl")
    told = [(row["id"], row["label"], row["error"]) for row in objects(tmp_path / "out.jsonl")]
    assert told == [
        ("1", "a", None),
        (None, None, "bad_row: line 3: cells: 1, expected 2"),
        ("3", "a", None),
        (None, None, "bad_row: line 5: holds bytes that are no utf-8"),
        ("5", "a", None),
        (None, None, "bad_row: line 8: the quotation mark that opens here is never closed"),
    ]
    assert (report.rows, report.errors) == (6, {"bad_row": 3})


def test_lines_that_are_no_json_stand_in_their_place_with_the_reason(task, tmp_path):
    lines = ['{"text": "one"}', "{", '{"text": ["two"]}', "[1]", '{"text": "\\ud800"}', '{"text": null}', '{"text": 6}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    predict_to_file(task(tmp_path / "in.jsonl", scores="none"), tmp_path / "out.jsonl")
    rows = objects(tmp_path / "out.jsonl")
    assert [row["label"] for row in rows] == ["a", None, None, None, None, None, "a"]
    assert [(row["error"] or "").split(":")[0] for row in rows] == ["", *["bad_row"] * 4, "empty_text", ""]
    assert [row.get("text") for row in rows] == ["one", None, ["two"], None, "\ud800", None, 6]


def test_a_file_of_bad_rows_alone_is_written_too(task, tmp_path):
    (tmp_path / "in.csv").write_text("id,text\n1\n2\n")
    report = predict_to_file(task(tmp_path / "in.csv"), tmp_path / "out.csv")
    assert (report.rows, report.errors) == (2, {"bad_row": 2})
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3


@settings(max_examples=40, deadline=None)
@given(bad=st.sets(st.integers(min_value=0, max_value=39)), rows_at_once=st.integers(min_value=1, max_value=50))
def test_wherever_bad_rows_stand_none_is_lost_and_none_comes_twice(bad, rows_at_once, tmp_path_factory, task_by):
    folder = tmp_path_factory.mktemp("rows")
    lines = ["id,text", *(f"{n}" if n in bad else f"{n},text {n}" for n in range(40))]
    (folder / "in.csv").write_text("\n".join(lines) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_module, "ROWS_AT_ONCE", rows_at_once)
        predict_to_file(task_by(folder / "in.csv"), folder / "out.jsonl")
    found = objects(folder / "out.jsonl")
    assert [row["id"] for row in found] == [None if n in bad else str(n) for n in range(40)]
    assert [row["error"] for row in found] == [
        f"bad_row: line {n + 2}: cells: 1, expected 2" if n in bad else None for n in range(40)
    ]


def test_columns_that_come_late_are_told_where_there_is_no_place(task, tmp_path):
    rows = [json.dumps({"text": "x"})] * 10_001 + [json.dumps({"text": "y", "late": 1})]
    (tmp_path / "in.jsonl").write_text("\n".join(rows))
    report = predict_to_file(task(tmp_path / "in.jsonl"), tmp_path / "out.csv")
    assert report.left_out == ("late",)
    assert predict_to_file(task(tmp_path / "in.jsonl"), tmp_path / "out.jsonl").left_out == ()
    assert objects(tmp_path / "out.jsonl")[-1]["late"] == 1


def test_a_folder_is_read_by_the_names_of_its_files_and_columns_are_joined(task, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "b.csv").write_text("text,n\nsecond,2\n")
    (folder / "a.jsonl").write_text('{"text": "first", "m": 1}\n')
    (folder / "_job.json").write_text("{}")
    (folder / "notes.md").write_text("# none of ours")
    predict_to_file(task(folder, scores="none"), tmp_path / "out.csv")
    found = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["text"], row["m"], row["n"]) for row in found] == [("first", "1", ""), ("second", "", "2")]


def test_packed_files_are_read_and_written(task, tmp_path):
    with gzip.open(tmp_path / "in.csv.gz", "wt") as file:
        file.write("text\nok\n")
    predict_to_file(task(tmp_path / "in.csv.gz", scores="none"), tmp_path / "out.jsonl.gz")
    with gzip.open(tmp_path / "out.jsonl.gz", "rt") as file:
        assert json.loads(file.read())["label"] == "a"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝"])
def test_a_spreadsheet_computes_nothing_where_that_was_asked_for(task, tmp_path, sign):
    with (tmp_path / "in.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", f"{sign}h"), (f"{sign}1+1", "x")])
    predict_to_file(task(tmp_path / "in.csv", spreadsheet_safe=True, scores="none"), tmp_path / "out.csv")
    cells = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert cells[1][0] == f"'{sign}1+1"
    # Names of columns have no white space around them.
    assert cells[0][1] == (f"'{sign}h" if sign.strip() else "h")
    predict_to_file(task(tmp_path / "in.csv", scores="none"), tmp_path / "plain.csv")
    assert (
        next(csv.DictReader((tmp_path / "plain.csv").read_text(encoding="utf-8").splitlines()))["text"] == f"{sign}1+1"
    )


def test_nothing_is_written_where_the_job_breaks_off(task, tmp_path):
    def stop(_done, _total):
        raise KeyboardInterrupt

    (tmp_path / "out.csv").write_text("what stood here\n")
    with pytest.raises(KeyboardInterrupt):
        predict_to_file(task(write(tmp_path / "in.csv"), watch=stop), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "what stood here\n"
    assert {path.name for path in tmp_path.iterdir()} == {"bundle", "in.csv", "out.csv"}


def test_which_column_holds_the_texts(tmp_path):
    def column(header, asked=None, learnt_from=None):
        (tmp_path / "in.csv").write_text(f"{header}\n" + ",".join("x" * (header.count(",") + 1)) + "\n")
        return open_files(tmp_path / "in.csv", asked, learnt_from=learnt_from).text_column

    assert column("id,Text") == "Text"
    assert column("id,body,ticket", learnt_from="ticket") == "ticket"
    assert column("id,body,ticket", asked="id", learnt_from="ticket") == "id"
    assert column("whatever") == "whatever"
    for header, asked, code in (("a,b", None, "columns_not_found"), ("a,text", "tex", "missing_column")):
        with pytest.raises(InvalidInputError) as caught:
            column(header, asked)
        assert caught.value.code == code
        assert "--text-column" in caught.value.remedy


def test_what_cannot_be_read_or_written_is_refused_at_the_door(tmp_path):
    with pytest.raises(MissingError):
        open_files(tmp_path / "none.csv", None, learnt_from=None)
    with pytest.raises(InvalidInputError, match="no data file"):
        open_files(tmp_path, None, learnt_from=None)
    with pytest.raises(UsageError) as caught:
        refuse_place(tmp_path / "out.txt", spreadsheet_safe=False)
    assert caught.value.code == "unknown_format"
    with pytest.raises(UsageError) as caught:
        refuse_place(tmp_path / "out.jsonl", spreadsheet_safe=True)
    assert caught.value.code == "setting_without_effect"
