"""`heptune check --fix`: a cleaned copy with all columns, the list of changes, and what it is worth."""

import csv
from pathlib import Path

import pytest
from rows_to_check import numbered

import heptune as library

ROWS = [row for pair in zip(numbered("good", 40), numbered("bad", 40), strict=True) for row in pair]


def write(path, rows, header=("id", "text", "label", "note")):
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def read(path):
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def data(workplace):
    """Training rows with a copy, a leak, a variant and an empty text, and test rows."""
    rows = [(str(n), text, label, 'a "note", n') for n, (text, label) in enumerate(ROWS)]
    extra = [
        ("100", ROWS[0][0].upper(), "good", ""),
        ("101", "Leaked text", "bad", ""),
        ("102", "Line\nbreak", "Good", "x"),
    ]
    Path("d").mkdir()
    write("d/train.csv", [*rows, *extra, ("103", " ", "bad", "")])
    write("d/test.csv", [("200", "leaked TEXT", "bad", ""), ("201", "fine", "good", "")])
    return "d"


def test_a_copy_has_all_columns_of_the_rows_that_stay_and_the_original_is_untouched(data, heptune):
    before = Path("d/train.csv").read_bytes()
    outcome = heptune("check", data, "--fix", "clean", "--format", "json")
    assert outcome.code == 0
    report = outcome.json
    assert (report["rows_before"], report["rows_after"]) == (86, 83)
    assert report["removed"] == {"duplicates": 1, "split_leakage": 1, "empty_texts": 1}
    assert report["relabelled"] == {"label_variants": 1}
    assert Path("d/train.csv").read_bytes() == before
    kept = read("clean/train.csv")
    assert [row["id"] for row in kept] == [*map(str, range(80)), "102"]
    assert (kept[0]["note"], kept[-1]["text"], kept[-1]["label"]) == ('a "note", n', "Line\nbreak", "good")
    assert read("clean/test.csv") == read("d/test.csv")
    changes = read("clean-changes.csv")
    assert [(row["file"], row["row"], row["reason"], row["new_label"]) for row in changes] == [
        ("train.csv", "82", "duplicates", ""),
        ("train.csv", "83", "split_leakage", ""),
        ("train.csv", "84", "label_variants", "good"),
    ]


def test_the_copy_is_data_that_have_nothing_left_to_mend(data, heptune):
    heptune("check", data, "--fix", "clean")
    found = heptune("check", "clean", "--format", "quiet").out.split()
    assert not {"H301", "H302", "H305", "H307"} & set(found)
    outcome = heptune("check", "clean", "--fix", "again")
    assert "nothing to mend by itself" in outcome.out
    assert read("again/train.csv") == read("clean/train.csv")


def test_people_are_told_what_was_changed_and_what_it_is_worth(data, heptune):
    out = heptune("check", data, "--fix", "clean").out
    assert "86 rows before, 83 after" in out
    assert "removed 1: stand in the test rows too" in out
    assert "TF-IDF, cross-validated on the rows that stay:" in out
    assert "changes: clean-changes.csv" in out


def test_a_single_file_and_other_formats_are_copied_too(workplace, heptune):
    Path("one.jsonl").write_text(
        '{"text": "a b", "label": "x", "n": 1}\n{"text": "A b", "label": "x"}\n{"text": "c", "label": "y"}\n'
    )
    heptune("check", "one.jsonl", "--fix", "clean")
    assert read("clean/one.csv") == [
        {"text": "a b", "label": "x", "n": "1"},
        {"text": "c", "label": "y", "n": ""},
    ]


@pytest.mark.parametrize("option", [("--sample", "10"), ("--model", "starter")])
def test_what_has_no_effect_on_a_copy_is_refused(data, heptune, option):
    outcome = heptune("check", data, "--fix", "clean", *option, "--format", "json")
    assert (outcome.code, outcome.error["where"]) == (2, option[0])
    assert not Path("clean").exists()


@pytest.mark.parametrize("setting", ["training.epochs=3", "goal.require=accuracy>=0.5", "dataset.leakage=drop"])
def test_settings_that_leave_rows_out_or_come_later_are_refused(data, heptune, setting):
    outcome = heptune("check", data, "--fix", "clean", "--set", setting, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")
    assert not Path("clean").exists()


def test_labels_whose_names_stand_in_a_column_of_their_own_stay(workplace, heptune):
    names = ["Good", "good", "bad"]
    rows = [(text, str(n % 3), names[n % 3]) for n, (text, _label) in enumerate(ROWS)]
    write("ids.csv", rows, header=("text", "label", "label_text"))
    outcome = heptune("check", "ids.csv", "--fix", "clean", "--format", "json")
    assert outcome.json["relabelled"] == {}
    assert read("clean/ids.csv") == read("ids.csv")


def test_a_list_of_changes_is_not_written_over(data, heptune):
    Path("clean-changes.csv").write_text("mine")
    outcome = heptune("check", data, "--fix", "clean", "--format", "json")
    assert (outcome.code, outcome.error["where"]) == (2, "clean-changes.csv")
    assert Path("clean-changes.csv").read_text() == "mine"
    assert not Path("clean").exists()


def test_nothing_is_written_over(data, heptune):
    Path("clean").mkdir()
    outcome = heptune("check", data, "--fix", "clean", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "exists")
    assert list(Path("clean").iterdir()) == []


def test_python_has_the_same(data, workplace):
    report = library.fix(data, workplace / "clean")
    assert report.rows_after == 83
    assert report.comparison.n == 81
    for accuracy in (report.accuracy_before, report.accuracy_after):
        assert 0 < accuracy.low < accuracy.value <= accuracy.high <= 1


def test_the_list_of_changes_is_computed_by_no_spreadsheet(workplace, heptune):
    write(
        "d.csv",
        [
            *((str(n), text, label, "") for n, (text, label) in enumerate(ROWS)),
            ("x", "=1+1", "good", ""),
            ("y", "=1+1", "good", ""),
        ],
    )
    heptune("check", "d.csv", "--fix", "clean")
    assert read("clean-changes.csv")[0]["text"] == "'=1+1"


@pytest.mark.parametrize("place", ["d/clean", "d", ".", ""])
def test_no_copy_is_written_into_the_data_or_over_a_folder(data, heptune, place):
    outcome = heptune("check", data, "--fix", place, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "inside_the_data" if place == "d/clean" else "exists")
    assert sorted(path.name for path in Path("d").iterdir()) == ["test.csv", "train.csv"]
