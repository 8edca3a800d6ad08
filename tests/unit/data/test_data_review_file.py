"""Rows to look at survive a spreadsheet: nothing is computed, nothing is lost, and answers come back."""

import csv

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.data.review_file import HEADER, ReviewRow, read_answers, write_review
from heptune.data.spreadsheet_text import LONGEST, defused, fitting, is_same, restored
from heptune.errors import InvalidInputError, UsageError

FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1", "''=1", "'quoted'"]
ROWS = [
    ReviewRow("train.csv", 2 + n, "H601", text, "-1", "=good") for n, text in enumerate([*FORMULAS, "two\nlines", "好"])
]


@given(st.text(alphabet="'=+-@ab\t\r＝", max_size=6))
def test_what_was_defused_is_restored_and_begins_like_no_formula(text):
    assert restored(defused(text)) == text
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_texts_that_are_no_formulas_are_left_alone():
    assert [defused(text) for text in ("a=b", "'tis", "", " =1")] == ["a=b", "'tis", "", " =1"]


def answer(path, new_label="+1"):
    """Write into the first row, as a person does."""
    if path.suffix == ".xlsx":
        workbook = openpyxl.load_workbook(path)
        workbook["review"]["G2"] = new_label
        workbook.save(path)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        lines[1][6] = new_label
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)


@pytest.mark.parametrize("name", ["review.csv", "review.xlsx"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row.text))
def test_answers_come_back_with_the_texts_and_labels_as_they_were(tmp_path, name, row):
    path = tmp_path / name
    write_review(path, [row, *ROWS], ["-1", "=good"])
    assert read_answers(path) == []
    answer(path)
    (got,) = read_answers(path)
    assert (got.file, got.row, got.new_label) == ("train.csv", row.row, "+1")
    assert is_same("-1", got.label)
    assert is_same(row.text, got.text)


def test_a_csv_file_is_what_excel_takes_for_utf_8_and_computes_nothing(tmp_path):
    write_review(tmp_path / "r.csv", ROWS, ["-1"])
    assert (tmp_path / "r.csv").read_bytes().startswith(b'\xef\xbb\xbf"file","row",')
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert tuple(lines[0]) == HEADER
    assert all(cell[:1] not in tuple("=+-@\t\r＝") for line in lines for cell in line if cell)


def test_a_workbook_holds_texts_and_no_formulas_and_offers_the_labels(tmp_path):
    write_review(tmp_path / "r.xlsx", ROWS, ["-1", "=good"])
    workbook = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = [cell for line in workbook["review"].iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert {cell.column_letter for cell in cells if cell.data_type == "n"} == {"B"}
    assert [cell.value for cell in workbook["labels"]["A"]] == ["-1", "=good"]
    (offered,) = workbook["review"].data_validations.dataValidation
    assert (str(offered.sqref), offered.formula1) == (f"G2:G{len(ROWS) + 1}", "labels!$A$1:$A$2")


@pytest.mark.parametrize("name", ["review.csv", "review.xlsx"])
def test_what_no_cell_can_hold_is_cut_or_replaced_and_still_known(tmp_path, name):
    text = "a\x00\x0bb" + "long " * 10_000
    write_review(tmp_path / name, [ReviewRow("d.csv", 2, "H303", text, "-1", "")], ["-1"])
    answer(tmp_path / name)
    (got,) = read_answers(tmp_path / name)
    assert len(got.text) <= LONGEST
    assert is_same(text, got.text)
    assert not is_same("another" + text, got.text)


@pytest.mark.parametrize(
    ("text", "cell"), [("true", "TRUE"), ("007", "7"), ("1.50", "1.5"), ("a\nb", "a\r\nb"), ("a  b ", "a b")]
)
def test_what_spreadsheets_write_otherwise_is_the_same(text, cell):
    assert is_same(text, cell)


@pytest.mark.parametrize(("text", "cell"), [("a b", "ab"), ("nan", "inf"), ("1", "2"), ("Yes", "yes")])
def test_other_texts_are_not_the_same(text, cell):
    assert not is_same(text, cell)


def test_a_name_without_a_format_is_refused(tmp_path):
    with pytest.raises(UsageError) as caught:
        write_review(tmp_path / "r.pdf", ROWS, ["-1"])
    assert (caught.value.code, caught.value.found) == ("unknown_format", ".pdf")
    assert list(tmp_path.iterdir()) == []


def test_rows_without_a_number_are_told_with_their_lines(tmp_path):
    (tmp_path / "r.csv").write_text("file,row,text,label,new_label\nd.csv,2,a,x,y\nd.csv,two,b,x,y\nd.csv,,c,x,\n")
    with pytest.raises(InvalidInputError) as caught:
        read_answers(tmp_path / "r.csv")
    assert [str(fault) for fault in caught.value.faults] == ["line 3: 'two' is no number of a row"]


def test_a_file_without_the_columns_is_refused(tmp_path):
    (tmp_path / "r.csv").write_text("text,label\na,x\n")
    with pytest.raises(InvalidInputError) as caught:
        read_answers(tmp_path / "r.csv")
    assert caught.value.code == "missing_column"


def test_fitting_keeps_line_breaks_and_tabs():
    assert fitting("a\n\tb\x1f") == "a\n\tb\ufffd"
