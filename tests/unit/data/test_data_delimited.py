import csv
import gzip
from pathlib import Path

import pytest

from heptune.data.readers.open_table import open_table
from heptune.data.table import CHUNK_ROWS
from heptune.errors import InvalidInputError, UsageError

SST2 = Path(__file__).parents[3].parent / "shared" / "data" / "sst2"


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(table, *names):
    names = names or table.columns
    rows = []
    for chunk in table.chunks(names):
        cells = [chunk.columns[name].to_pylist() for name in names]
        rows += [(position, *row) for position, *row in zip(chunk.positions.to_pylist(), *cells, strict=True)]
    return rows


def faults_of(table):
    with pytest.raises(InvalidInputError) as caught:
        rows_of(table)
    return [str(fault) for fault in caught.value.faults]


def test_every_cell_is_text_exactly_as_written(tmp_path):
    words = ["null", "NA", "00123", "nan", "None", "TRUE", "1.50", " padded ", ""]
    table = open_table(write(tmp_path / "a.csv", "text,label\n" + "".join(f"{word},x\n" for word in words)))
    assert table.format == "csv"
    assert table.columns == ("text", "label")
    assert table.notes == ()
    assert rows_of(table) == [(line, word, "x") for line, word in enumerate(words, start=2)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_rows_carry_the_line_at_which_they_begin(tmp_path, line_end):
    lines = ["", "text,label", "one,a", "", '"two', "", 'lines",b', "  ", '"say ""hi"", ok",c']
    table = open_table(write(tmp_path / "a.csv", line_end.join(lines)))
    assert rows_of(table) == [
        (3, "one", "a"),
        (5, f"two{line_end}{line_end}lines", "b"),
        (9, 'say "hi", ok', "c"),
    ]


def test_a_mark_changes_neither_columns_nor_rows(tmp_path):
    text = "text,label\r\nparcel is late,complaint\r\nthank you,praise\r\n"
    plain = open_table(write(tmp_path / "plain.csv", text))
    for codec in ("utf-8-sig", "utf-16", "utf-32"):
        marked = open_table(write(tmp_path / f"{codec}.csv", text, codec))
        assert marked.columns == plain.columns == ("text", "label")
        assert rows_of(marked) == rows_of(plain)
        assert len(marked.notes) == 1
    named = open_table(tmp_path / "utf-8-sig.csv", encoding="utf-8")
    assert named.columns == ("text", "label")


def test_only_the_columns_asked_for_are_given_in_chunks_of_bounded_size(tmp_path):
    text = "id,text,label\n" + "".join(f"{i},word {i},x\n" for i in range(CHUNK_ROWS + 5))
    table = open_table(write(tmp_path / "a.csv", text))
    chunks = list(table.chunks(["text"]))
    assert [len(chunk.positions) for chunk in chunks] == [CHUNK_ROWS, 5]
    assert list(chunks[0].columns) == ["text"]
    assert str(chunks[0].columns["text"].type) == "large_string"
    assert chunks[1].positions.to_pylist() == list(range(CHUNK_ROWS + 2, CHUNK_ROWS + 7))


def test_rows_of_long_texts_make_smaller_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("heptune.data.readers.delimited.CHUNK_CHARACTERS", 100)
    table = open_table(write(tmp_path / "a.csv", "text,label\n" + "".join(f"{'x' * 60},{i}\n" for i in range(4))))
    assert [len(chunk.positions) for chunk in table.chunks(["label"])] == [2, 2]


def test_a_field_beyond_the_limit_of_the_csv_module_is_read_and_the_limit_left_alone(tmp_path):
    limit = csv.field_size_limit()
    long = "x" * 1_000_000
    table = open_table(write(tmp_path / "a.csv", f'text,label\n"{long}\n{long}",a\n'))
    assert rows_of(table) == [(2, f"{long}\n{long}", "a")]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_an_unexpected_delimiter_is_found_and_said(tmp_path, delimiter):
    text = f"text{delimiter}label\none, two{delimiter}a\nthree, four, five{delimiter}b\n"
    table = open_table(write(tmp_path / "a.csv", text))
    assert table.columns == ("text", "label")
    assert repr(delimiter) in table.notes[0]
    assert rows_of(table) == [(2, "one, two", "a"), (3, "three, four, five", "b")]


def test_the_expected_delimiter_wins_while_it_serves(tmp_path):
    table = open_table(write(tmp_path / "a.csv", "text;more,label\na;b,1\nc,2\n"))
    assert table.columns == ("text;more", "label")
    assert table.notes == ()


def test_a_given_delimiter_is_taken(tmp_path):
    path = write(tmp_path / "a.csv", "a:b,c\n1:2,3\n")
    assert open_table(path, delimiter=":").columns == ("a", "b,c")
    with pytest.raises(UsageError):
        open_table(path, delimiter="::")


def test_one_column_is_a_table_too(tmp_path):
    table = open_table(write(tmp_path / "a.csv", 'text\nhello\n""\n\n  \n'))
    assert rows_of(table) == [(2, "hello"), (3, ""), (5, "  ")]


def test_stray_quotation_marks_in_tsv_are_ordinary_characters(tmp_path):
    text = 'text\tlabel\n"good" movie\ta\n"unfinished\tb\nso "so\tc\n'
    table = open_table(write(tmp_path / "a.tsv", text))
    assert rows_of(table) == [(2, '"good" movie', "a"), (3, '"unfinished', "b"), (4, 'so "so', "c")]
    assert "ordinary characters" in table.notes[0]


def test_stray_quotation_marks_that_happen_to_pair_up_swallow_no_rows(tmp_path):
    text = 'text\tlabel\n"never again\ta\nfine\tb\nI said "no\tc\nthe end"\td\n'
    table = open_table(write(tmp_path / "a.tsv", text))
    assert len(rows_of(table)) == 4
    assert rows_of(table)[0] == (2, '"never again', "a")


def test_a_spreadsheets_quoted_cells_in_tsv_are_unquoted(tmp_path):
    path = tmp_path / "a.tsv"
    rows = [["text", "label"], ["two\nlines", "a"], ['say "hi"', "b"], ["a\ttab", "c"], ["blank\n\nline", "d"]]
    with path.open("w", newline="") as stream:
        csv.writer(stream, dialect="excel-tab").writerows(rows)
    table = open_table(path)
    assert [list(row[1:]) for row in rows_of(table)] == rows[1:]
    assert table.notes == ()


@pytest.mark.shared
def test_the_real_tsv_is_read_whole():
    if not SST2.is_dir():
        pytest.skip("the shared data are not here")
    for name, count in (("train", 6920), ("validation", 872), ("test", 1821)):
        rows = rows_of(open_table(SST2 / f"{name}.tsv"))
        assert len(rows) == count
        assert {row[2] for row in rows} == {"negative", "positive"}


def test_packed_files_are_read(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"text,label\nhello,a\n"))
    assert rows_of(open_table(path)) == [(2, "hello", "a")]


def test_all_faults_are_told_at_once_with_their_lines(tmp_path):
    text = 'text,label\none\ntwo,a\nthree,b,c\n"four"x,d\nfi\0ve,e\n\n"six,f\nseven,g\n'
    assert faults_of(open_table(write(tmp_path / "a.csv", text))) == [
        "line 2: cells: 1, expected 2",
        "line 4: cells: 3, expected 2",
        "line 5: text stands after a closing quotation mark",
        "line 6: holds a zero byte, which no text has",
        "line 8: the quotation mark that opens here is never closed",
    ]


def test_an_unbalanced_quotation_is_placed_where_it_opens(tmp_path):
    text = 'text,label\n"fine\nstill fine","opens\nhere\n"no, not so",b\nafter,c\n'
    faults = faults_of(open_table(write(tmp_path / "a.csv", text)))
    assert faults == ["line 3: the quotation that opens here ends within line 5, with text after it"]


def test_an_unclosed_quotation_does_not_swallow_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("heptune.data.readers.dialect.MAXIMUM_LINE", 500)
    text = 'text,label\n"opened,a\n' + "fine,b\n" * 100 + "short\n"
    first, second = faults_of(open_table(write(tmp_path / "a.csv", text)))
    assert first.startswith("line 2: the quotation mark that opens here is not closed")
    assert second == "line 103: cells: 1, expected 2"


def test_a_file_with_very_many_faults_is_given_up(tmp_path):
    table = open_table(write(tmp_path / "a.csv", "text,label\n" + "short\n" * 5_000))
    assert len(faults_of(table)) == 1_000


def test_a_line_beyond_all_measure_is_refused_with_its_number(tmp_path, monkeypatch):
    monkeypatch.setattr("heptune.data.readers.lines.MAXIMUM_LINE", 1_000)
    text = f"text,label\nfine,a\n{'x' * 3_000},b\nbad\n"
    assert faults_of(open_table(write(tmp_path / "a.csv", text))) == [
        "line 3: longer than 1000 characters",
        "line 4: cells: 1, expected 2",
    ]


def test_a_column_without_a_name_is_called_by_its_number(tmp_path):
    table = open_table(write(tmp_path / "pandas.csv", ",text,label\n0,a,b\n"))
    assert table.columns == ("column_1", "text", "label")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("\ufeff", "empty_file"),
        ("\n \n", "empty_file"),
        ("text,label\n", "no_rows"),
        ("text,label\n\n\n", "no_rows"),
        ("text,text\na,b\n", "bad_column_names"),
        ("text, text \na,b\n", "bad_column_names"),
        (",,\n0,a,b\n", "bad_column_names"),
        ('"text,label\na,b\n', "broken_rows"),
        ("te\0xt,label\na,b\n", "broken_rows"),
    ],
)
def test_what_is_no_table_is_refused_when_opened(tmp_path, text, code):
    path = write(tmp_path / "a.csv", text)
    with pytest.raises(InvalidInputError) as caught:
        open_table(path)
    assert caught.value.code == code
    assert caught.value.where == str(path)


def test_column_names_are_trimmed(tmp_path):
    assert open_table(write(tmp_path / "a.csv", " text ,label\t\na,b\n")).columns == ("text", "label")


def test_a_column_that_is_not_there_is_an_error(tmp_path):
    table = open_table(write(tmp_path / "a.csv", "Text,Category\na,b\n"))
    assert table.columns == ("Text", "Category")
    with pytest.raises(InvalidInputError) as caught:
        list(table.chunks(["text"]))
    assert caught.value.code == "missing_column"
