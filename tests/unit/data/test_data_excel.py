import builtins
import datetime
import zipfile

import openpyxl
import pytest

from heptune.data.readers.open_table import open_table
from heptune.errors import InvalidInputError, MissingError, UsageError


def write(path, sheets, hidden=()):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def rows_of(table):
    rows = []
    for chunk in table.chunks(table.columns):
        cells = [chunk.columns[name].to_pylist() for name in table.columns]
        rows += [(position, *row) for position, *row in zip(chunk.positions.to_pylist(), *cells, strict=True)]
    return rows


@pytest.fixture
def file(tmp_path):
    return tmp_path / "a.xlsx"


def test_cells_become_text_as_excel_shows_them(file):
    values = ["NA", "00123", " padded ", 1, 1.0, 0.5, True, datetime.datetime(2024, 1, 2), None]
    values += [datetime.datetime(2024, 1, 2, 3, 4, 5), datetime.time(3, 4)]
    table = open_table(write(file, {"Data": [["text", "label"], *([value, "x"] for value in values)]}))
    assert table.format == "excel"
    texts = [row[1] for row in rows_of(table)]
    expected = ["NA", "00123", " padded ", "1", "1", "0.5", "TRUE", "2024-01-02", None]
    assert texts == [*expected, "2024-01-02 03:04:05", "03:04:00"]


def test_rows_have_the_numbers_that_excel_shows_and_empty_ones_are_skipped(file):
    table = open_table(write(file, {"Data": [[], ["text", "label"], ["a", "b"], [], [None, "c"]]}))
    assert rows_of(table) == [(3, "a", "b"), (5, None, "c")]


def test_the_first_visible_sheet_with_content_is_read_and_said(file):
    sheets = {"Hidden": [["no"], ["no"]], "Empty": [], "Reviews": [["text"], ["a"]], "More": [["text"], ["b"]]}
    path = write(file, sheets, hidden=["Hidden"])
    table = open_table(path)
    assert rows_of(table) == [(2, "a")]
    assert "'Reviews'" in table.notes[0]
    assert rows_of(open_table(path, sheet="More")) == [(2, "b")]
    assert rows_of(open_table(path, sheet="Hidden")) == [(2, "no")]


def test_an_unknown_sheet_is_refused_with_the_list(file):
    with pytest.raises(UsageError) as caught:
        open_table(write(file, {"One": [["text"], ["a"]], "Two": []}), sheet="Three")
    assert caught.value.expected == "One, Two"


def test_a_column_without_name_and_without_values_does_not_matter(file):
    table = open_table(write(file, {"Data": [["text", None, " ", "label"], ["a", None, None, "b"]]}))
    assert table.columns == ("text", "label")
    assert rows_of(table) == [(2, "a", "b")]


def test_values_beside_the_table_are_left_out(file):
    table = open_table(write(file, {"Data": [["text", None], ["a"], ["b", "a remark"]]}))
    assert rows_of(table) == [(2, "a"), (3, "b")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "empty_file"), ([["text", "label"]], "no_rows"), ([["text", " text"], ["a", "b"]], "bad_column_names")],
)
def test_sheets_without_a_table_are_refused(file, rows, code):
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(file, {"Data": rows}))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "content", [b"", b"text,label\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x03\x04" + b"x" * 99]
)
def test_what_is_no_workbook_is_refused(file, content):
    file.write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        open_table(file)
    assert caught.value.code == "damaged_file"
    assert caught.value.found
    assert ("password" in caught.value.found) == content.startswith(b"\xd0")


def test_a_damaged_sheet_is_refused(file):
    write(file, {"Data": [["text"], ["a"]]})
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for lost in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content[:40] if name == lost else content)
        with pytest.raises(InvalidInputError) as caught:
            rows_of(open_table(file))
        assert caught.value.code == "damaged_file"


def test_a_workbook_that_unpacks_to_too_much_is_refused(file, monkeypatch):
    monkeypatch.setattr("heptune.data.readers.workbook.MAXIMUM_UNPACKED", 1_000)
    with pytest.raises(InvalidInputError) as caught:
        open_table(write(file, {"Data": [["text"], ["a"]]}))
    assert caught.value.code == "too_large"


def test_without_the_extra_the_pip_line_is_named(file, monkeypatch):
    original = builtins.__import__

    def refuse(name, *arguments, **keywords):
        if name.startswith("openpyxl"):
            raise ImportError(name)
        return original(name, *arguments, **keywords)

    write(file, {"Data": [["text"], ["a"]]})
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingError) as caught:
        open_table(file)
    assert caught.value.remedy == 'pip install "heptune[excel]"'
