import pytest

from heptune.data.readers.open_table import open_table
from heptune.errors import InvalidInputError, UsageError
from heptune.schemas.data_files import FORMATS, format_of


@pytest.mark.parametrize("name", ["data.pdf", "data", "data.parquet.gz", "data.txt"])
def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"text,label\na,b\n")
    with pytest.raises(InvalidInputError) as caught:
        open_table(path)
    assert caught.value.code == "unknown_format"
    assert all(suffix in caught.value.expected for suffix in FORMATS)


def test_old_excel_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        open_table(tmp_path / "data.xls")
    assert ".xlsx" in caught.value.remedy


def test_the_suffix_tells_the_format_whatever_its_case(tmp_path):
    assert format_of(tmp_path / "a.CSV") == "csv"
    assert format_of(tmp_path / "v1.2.TSV.GZ") == "tsv"
    assert format_of(tmp_path / "a.b.ndjson") == "jsonl"


@pytest.mark.parametrize(
    ("name", "setting"),
    [("a.csv", "sheet"), ("a.jsonl", "delimiter"), ("a.parquet", "encoding"), ("a.xlsx", "encoding")],
)
def test_a_setting_without_effect_is_an_error(tmp_path, name, setting):
    with pytest.raises(UsageError) as caught:
        open_table(tmp_path / name, **{setting: "x"})
    assert caught.value.code == "setting_without_effect"
    assert setting in caught.value.message


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"%PDF-1.7"])
def test_other_files_under_a_text_files_name_are_told_by_their_first_bytes(tmp_path, head):
    path = tmp_path / "a.csv"
    path.write_bytes(head + bytes(100))
    with pytest.raises(InvalidInputError) as caught:
        open_table(path)
    assert caught.value.code == "wrong_format"


def test_a_missing_file_is_an_error_of_ours(tmp_path):
    for suffix in FORMATS:
        with pytest.raises(InvalidInputError):
            open_table(tmp_path / f"missing{suffix}")
