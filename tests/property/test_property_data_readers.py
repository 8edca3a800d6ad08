import csv
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heptune.data.encodings import detect_encoding
from heptune.data.readers.open_table import open_table
from heptune.errors import InvalidInputError

# Any text but NUL and lone surrogates, with what matters to a reader of delimited files made frequent.
CELL = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from('",;\t\n\r'))
)
ROWS = st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8)
PLAIN_CELL = st.text(st.sampled_from('ab" ,'))
SENTENCES = (
    "这家餐厅的菜非常好吃，服务也很周到，下次还会再来。",
    "等了一个小时才送到，饭都凉了，太失望了！",
    "手机电池不耐用，半天就没电了，客服也不理人。",
    "包装完整，发货很快，质量和描述的一样，好评。",
    "味道一般般吧，价格有点贵，不会再买了……",
)
CHINESE_ROWS = st.lists(
    st.tuples(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map("".join), st.sampled_from("01")),
    min_size=1,
    max_size=6,
)


def read(path):
    table = open_table(path)
    assert table.columns == ("text", "label")
    chunks = list(table.chunks(["text", "label"]))
    columns = [[text for chunk in chunks for text in chunk.columns[name].to_pylist()] for name in table.columns]
    return list(zip(*columns, strict=True))


def write_csv(path, rows, encoding="utf-8", **dialect):
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, **dialect).writerows([("text", "label"), *rows])


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@given(rows=ROWS, line_end=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_whatever_the_csv_module_writes_reads_back(folder, rows, line_end, quoting):
    path = folder / "a.csv"
    # The writer of Python before 3.13 leaves a bare carriage return without quotation marks when lines end with \n.
    rows = (
        rows
        if line_end == "\r\n" or quoting == csv.QUOTE_ALL
        else [tuple(c.replace("\r", "") for c in r) for r in rows]
    )
    write_csv(path, rows, lineterminator=line_end, quoting=quoting)
    assert read(path) == rows


@given(rows=ROWS)
def test_whatever_a_spreadsheet_writes_as_tsv_reads_back(folder, rows):
    path = folder / "a.tsv"
    rows = [(text.replace("\t", " "), label.replace("\t", " ")) for text, label in rows]
    write_csv(path, rows, dialect="excel-tab")
    assert read(path) == rows


@given(rows=st.lists(st.tuples(PLAIN_CELL, PLAIN_CELL), max_size=8), place=st.integers(0, 8))
def test_tsv_without_quoting_reads_back_whatever_its_quotation_marks(folder, rows, place):
    path = folder / "a.tsv"
    rows.insert(place, ('"stray', "x"))
    path.write_text("".join("\t".join(row) + "\n" for row in [("text", "label"), *rows]), encoding="utf-8", newline="")
    assert read(path) == rows


@given(rows=ROWS)
def test_whatever_json_writes_reads_back_as_lines_and_as_a_document(folder, rows):
    objects = [{"text": text, "label": label} for text, label in rows]
    lines = folder / "a.jsonl"
    for ascii_only in (True, False):
        text = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in objects)
        lines.write_text(text, encoding="utf-8", newline="")
        assert read(lines) == rows
        document = folder / "a.json"
        document.write_text(json.dumps(objects, ensure_ascii=ascii_only), encoding="utf-8", newline="")
        assert read(document) == rows


@given(rows=CHINESE_ROWS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]))
def test_chinese_reads_back_from_every_encoding(folder, rows, encoding):
    path = folder / "a.csv"
    write_csv(path, rows, encoding)
    assert read(path) == rows


@settings(max_examples=200)
@given(content=st.binary(max_size=200))
def test_a_detected_encoding_decodes_every_byte(folder, content):
    path = folder / "a.csv"
    path.write_bytes(content)
    try:
        encoding = detect_encoding(path)
    except InvalidInputError:
        return
    assert isinstance(content.decode(encoding.name, "strict"), str)
