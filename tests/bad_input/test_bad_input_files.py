"""Bad data files: each gives one clear error, or is read rightly; nothing else ever comes out of a reader."""

import json
import random
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heptune.data.files import find_data_files
from heptune.data.readers.open_table import open_table
from heptune.errors import FAULTS_SHOWN, HeptuneError, InvalidInputError

ROWS = [("wonderful, really", "good"), ("never again", "bad"), ("很好吃，送餐很快，下次还会再来", "good")]
CSV = "text,label\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS)
JSONL = "".join(json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n" for text, label in ROWS)


def read(path):
    table = open_table(path)
    rows = []
    for chunk in table.chunks(table.columns):
        rows += zip(*map(pa.Array.to_pylist, chunk.columns.values()), strict=True)
    return rows


def error_of(path):
    try:
        read(path)
    except HeptuneError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("a.csv", b"", "empty_file", "empty"),
        ("a.csv", b"\xef\xbb\xbf", "empty_file", "empty"),
        ("a.csv", b"text,label\n", "no_rows", "no row"),
        ("a.csv", b"text,text\na,b\n", "bad_column_names", "text: stands 2 times"),
        ("a.csv", b",\na,b\n", "bad_column_names", "the first row: names no column"),
        ("a.csv", b"text,label\na,b,c\nd\n", "broken_rows", "line 3: cells: 1, expected 2"),
        ("a.csv", b'text,label\n"open,a\nfine,b\n', "broken_rows", "line 2: the quotation mark that opens here"),
        ("a.csv", b"text,label\na\0b,c\n", "broken_rows", "line 2: holds a zero byte"),
        ("a.csv", b"text,label\nfine,a\n\x81\x8d\xff,b\n", "undecodable", "byte 0x81 at offset 18, line 3"),
        ("a.csv", CSV.encode()[:-12] + b"\n", "undecodable", "UTF-8 throughout"),
        ("a.tsv", b"text\tlabel\none\n", "broken_rows", "line 2: cells: 1"),
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', "broken_rows", "line 2: is not JSON"),
        ("a.jsonl", b"[1]\n", "broken_rows", "line 1: is array"),
        ("a.json", b'{"text": "a"', "broken_json", "line 1"),
        ("a.json", b"[]", "no_rows", "no row"),
        ("a.parquet", b"PAR1 and no more", "damaged_file", "Parquet"),
        ("a.arrow", b"ARROW1\0\0", "damaged_file", "Arrow"),
        ("a.xlsx", b"PK\x03\x04", "damaged_file", "Excel"),
        ("a.csv", b"PK\x03\x04", "wrong_format", "Excel (.xlsx) or ZIP"),
        ("a.doc", b"text", "unknown_format", ".parquet"),
    ],
)
def test_each_bad_file_gives_one_clear_error(tmp_path, name, content, code, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        read(path)
    assert caught.value.exit_code == 3
    assert caught.value.code == code
    assert caught.value.where == str(path)
    assert name in caught.value.message
    assert says in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.csv", b"text,label\na,b,c\n", "put a cell that holds a separator or a line end in quotation marks"),
        ("a.csv", b'text,label\n"open,a\nfine,b\n', "close each quotation"),
        ("a.csv", b"text,label\na\0b,c\n", "take the zero bytes out"),
        ("a.jsonl", b'{"text": "a\0"}\n', "take the zero bytes out"),
        ("a.jsonl", b'{"text": \n', "write one JSON object a line"),
        ("a.jsonl", b"[1]\n", "write each row as one object"),
        ("a.json", b"[1]", "write each row as one object"),
        ("a.csv", b"text,label\n" + b"x" * (11 * 2**20) + b"\n", "end each row with a line end"),
    ],
)
def test_each_kind_of_broken_row_has_its_own_remedy(tmp_path, name, content, remedy):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path / name)
    assert caught.value.code == "broken_rows"
    assert remedy in caught.value.remedy
    assert caught.value.remedy.count("in quotation marks") == remedy.count("in quotation marks")


def test_a_file_with_faults_of_two_kinds_has_both_remedies(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"text,label\na,b,c\na\0b,c\nd\n")
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path / "a.csv")
    both = "put a cell that holds a separator", "write the file again as text"
    assert [caught.value.remedy.count(one) for one in both] == [1, 1]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize(("name", "text"), [("a.csv", CSV), ("a.jsonl", JSONL), ("a.json", f"[{JSONL[:-1]}]")])
def test_what_can_be_read_rightly_is_read_rightly_and_said(tmp_path, codec, name, text):
    path = tmp_path / name
    text = text.replace("\n{", ",\n{") if name == "a.json" else text
    path.write_bytes(text.encode(codec))
    table = open_table(path)
    assert table.columns == ("text", "label")
    assert read(path) == ROWS
    assert bool(table.notes) == (codec != "utf-8")


def test_words_that_look_like_missing_values_or_numbers_are_texts_in_every_text_format(tmp_path):
    rows = [("null", "number"), ("NA", "region"), ("00123", "code"), ("nan", "bread"), ("None", "NA"), ("", "bread")]
    (tmp_path / "a.csv").write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    (tmp_path / "a.tsv").write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows))
    objects = [{"text": text, "label": label} for text, label in rows]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in objects))
    (tmp_path / "a.json").write_text(json.dumps(objects))
    pq.write_table(pa.Table.from_pylist(objects), tmp_path / "a.parquet")
    for path in tmp_path.iterdir():
        assert read(path) == rows, path.name


def test_all_faults_come_at_once_and_the_first_twenty_are_shown(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "short\n" * 50)
    with pytest.raises(InvalidInputError) as caught:
        read(path)
    assert len(caught.value.faults) == 50
    lines = str(caught.value).splitlines()
    assert lines[FAULTS_SHOWN].startswith("  line 21:")
    assert lines[FAULTS_SHOWN + 1] == "  … and 30 more"


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_line_of_100_mb_is_refused_with_its_number_in_bounded_memory(tmp_path, name):
    path = tmp_path / name
    first = CSV if name == "a.csv" else JSONL
    with path.open("wb") as stream:
        stream.write(first.encode())
        for _ in range(100):
            stream.write(b"x" * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInputError) as caught:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.faults[0].where == f"line {first.count(chr(10)) + 1}"
    assert caught.value.remedy == "end each row with a line end, or shorten its text"
    assert peak < 80 * 2**20


def test_damaged_files_of_every_format_never_give_anything_but_our_errors(tmp_path):
    generator = random.Random(0)
    pq.write_table(pa.table({"text": [text for text, _ in ROWS], "n": [1, 2, 3]}), tmp_path / "a.parquet")
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), pa.schema({"text": pa.string()})) as writer:
        writer.write_batch(pa.record_batch({"text": [text for text, _ in ROWS]}))
    for name, text in (("a.csv", CSV), ("a.tsv", CSV.replace(",", "\t")), ("a.jsonl", JSONL), ("a.json", f"[{JSONL}]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for path in list(tmp_path.iterdir()):
        whole = path.read_bytes()
        for trial in range(40):
            damaged = bytearray(whole)
            for _ in range(1 + trial % 4):
                damaged[generator.randrange(len(damaged))] = generator.randrange(256)
            path.write_bytes(damaged[: generator.randrange(1, len(damaged))] if trial % 2 else damaged)
            error = error_of(path)
            assert error is None or (error.exit_code == 3 and path.name in error.message and error.remedy)


@pytest.mark.parametrize("names", [[], ["README.md"], ["a.csv", "b.csv"], ["test.csv"], ["train.csv", "other.csv"]])
def test_folders_that_are_not_clear_give_one_error(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text(CSV, encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(tmp_path)
    assert caught.value.where == str(tmp_path)
    assert caught.value.expected
    assert caught.value.remedy
