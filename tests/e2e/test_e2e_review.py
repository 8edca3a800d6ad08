"""`heptune check --review`, a person's answers, and `--fix --apply`."""

import csv
from pathlib import Path

import openpyxl
import pytest
from rows_to_check import numbered

import heptune as library

WORDS = {"good": "sunny day in", "bad": "rain and cold at"}
ROWS = [row for pair in zip(*(numbered(label, 40, text) for label, text in WORDS.items()), strict=True) for row in pair]
SPOILED = 4


def write(path, rows, header=("text", "label", "note")):
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def read(path):
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def data(workplace):
    """Easy rows, of which one has the wrong label; and a text that begins like a formula, with two labels."""
    rows = [(text, label, f"n{number}") for number, (text, label) in enumerate(ROWS)]
    rows[SPOILED] = (rows[SPOILED][0], "bad", "spoiled")
    rows += [("=1+1 is two", "good", "x"), ("=1+1 IS two", "bad", "y")]
    write("d.csv", rows)
    return "d.csv"


def answer(path, answers):
    """Write into `new_label`, by text."""
    rows = read(path)
    for row in rows:
        row["new_label"] = answers.get(row["text"], "")
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_answers_reach_the_copy_and_make_copies_of_torn_texts(data, heptune):
    before = Path(data).read_bytes()
    outcome = heptune("check", data, "--review", "review.csv", "--format", "json")
    assert (outcome.code, outcome.json["rows"]) == (0, 3)
    assert outcome.json["by_check"]["H303"] == 2
    listed = read("review.csv")
    assert [(row["file"], row["row"], row["text"], row["label"], row["new_label"]) for row in listed] == [
        ("d.csv", "82", "'=1+1 is two", "good", ""),
        ("d.csv", "83", "'=1+1 IS two", "bad", ""),
        ("d.csv", str(SPOILED + 2), ROWS[SPOILED][0], "bad", ""),
    ]
    assert listed[2]["suggestion"] == "good"
    answer("review.csv", {"'=1+1 IS two": "good", ROWS[SPOILED][0]: "GOOD"})
    fixed = heptune("check", data, "--fix", "clean", "--apply", "review.csv", "--format", "json")
    assert fixed.code == 0
    assert fixed.json["relabelled"] == {"reviewed": 1}
    assert fixed.json["removed"] == {"duplicates": 1}
    assert Path(data).read_bytes() == before
    copy = read("clean/d.csv")
    assert copy[SPOILED] == {"text": ROWS[SPOILED][0], "label": "good", "note": "spoiled"}
    assert copy[-1] == {"text": "=1+1 is two", "label": "good", "note": "x"}
    assert len(copy) == len(ROWS) + 1
    reasons = {row["reason"] for row in read("clean-changes.csv")}
    assert reasons == {"reviewed", "duplicates"}


def test_a_workbook_does_the_same(data, heptune):
    heptune("check", data, "--review", "review.xlsx")
    workbook = openpyxl.load_workbook("review.xlsx")
    sheet = workbook["review"]
    (line,) = (row for row in sheet.iter_rows(min_row=2) if row[3].value == ROWS[SPOILED][0])
    line[6].value = "good"
    workbook.save("review.xlsx")
    outcome = heptune("check", data, "--fix", "clean", "--apply", "review.xlsx")
    assert "relabelled 1: answers of the review" in outcome.out
    assert read("clean/d.csv")[SPOILED]["label"] == "good"


def test_people_are_told_how_to_go_on(data, heptune):
    out = heptune("check", data, "--review", "review.csv").out
    assert "2 rows with a text that has several labels" in out
    assert "heptune check DATA --fix FOLDER --apply review.csv" in out
    assert heptune("check", data, "--review", "other.csv", "--format", "quiet").out == "other.csv\n"


def test_ids_and_their_names_change_together(workplace, heptune):
    rows = [(text, str(int(label == "bad")), label) for text, label in ROWS]
    rows[SPOILED] = (rows[SPOILED][0], "1", "bad")
    write("d.csv", rows, header=("text", "label", "label_text"))
    heptune("check", "d.csv", "--review", "review.csv")
    assert read("review.csv")[0]["label"] == "bad"
    answer("review.csv", {ROWS[SPOILED][0]: "good"})
    heptune("check", "d.csv", "--fix", "clean", "--apply", "review.csv")
    assert list(read("clean/d.csv")[SPOILED].values()) == [ROWS[SPOILED][0], "0", "good"]


def test_answers_that_do_not_fit_leave_nothing_behind(data, heptune):
    heptune("check", data, "--review", "review.csv")
    answer("review.csv", {ROWS[SPOILED][0]: "goood"})
    outcome = heptune("check", data, "--fix", "clean", "--apply", "review.csv", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "bad_answers")
    assert outcome.error["faults"] == [{"where": "line 4", "message": "'goood' is no label of the data"}]
    assert sorted(path.name for path in Path().iterdir()) == ["d.csv", "review.csv"]


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (("--review", "r.csv", "--model", "starter"), "--model"),
        (("--review", "r.csv", "--apply", "a.csv"), "--apply"),
        (("--fix", "clean", "--review", "r.csv"), "--review"),
        (("--apply", "a.csv"), "--apply"),
        (("--review", "r.txt"), "r.txt"),
        (("--review", "d.csv"), "d.csv"),
        (("--review", ""), "."),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(data, heptune, options, where):
    outcome = heptune("check", data, *options, "--format", "json")
    assert (outcome.code, outcome.error["where"]) == (2, where)
    assert [path.name for path in Path().iterdir()] == ["d.csv"]


def test_python_has_the_same(data, workplace):
    report = library.review(data, workplace / "review.csv")
    assert report.rows == 3
    answer("review.csv", {ROWS[SPOILED][0]: "good"})
    assert library.fix(data, workplace / "clean", answers="review.csv").relabelled == {"reviewed": 1}


def test_where_nothing_is_in_doubt_the_files_hold_a_header(workplace, heptune):
    write("d.csv", [(text, label, "") for text, label in ROWS])
    for name in ("r.csv", "r.xlsx"):
        assert heptune("check", "d.csv", "--review", name, "--format", "json").json["rows"] == 0
    assert read("r.csv") == []


def test_a_file_without_the_column_of_names_gets_none(workplace, heptune):
    rows = [(text, str(int(label == "bad")), label) for text, label in ROWS]
    Path("d").mkdir()
    write("d/train.csv", rows, header=("text", "label", "label_text"))
    write("d/test.csv", [(ROWS[0][0].upper(), "1"), ("fine", "0")], header=("text", "label"))
    Path("answers.csv").write_text("file,row,text,label,new_label\ntest.csv,3,fine,good,bad\n")
    heptune("check", "d", "--fix", "clean", "--apply", "answers.csv")
    assert Path("clean/test.csv").read_text().splitlines()[-1] == "fine,1"


def test_files_of_one_name_are_told_apart_wherever_the_command_is_run(workplace, heptune, monkeypatch):
    rows = [(text, label, "") for text, label in ROWS]
    rows[SPOILED] = (rows[SPOILED][0], "bad", "")
    for part, some in (("train", rows), ("test", rows[:3])):
        Path("d", part).mkdir(parents=True)
        write(f"d/{part}/rows.csv", some)
    heptune("check", "d", "--review", "review.csv")
    listed = [row for row in read("review.csv") if row["text"] == ROWS[SPOILED][0]]
    assert listed[0]["file"] == "train/rows.csv"
    answer("review.csv", {ROWS[SPOILED][0]: "good"})
    monkeypatch.chdir("d")
    outcome = heptune("check", ".", "--fix", "../clean", "--apply", "../review.csv", "--format", "json")
    assert outcome.json["relabelled"] == {"reviewed": 1}


def test_row_numbers_come_back_as_spreadsheets_write_them(data, heptune):
    heptune("check", data, "--review", "review.csv")
    rows = read("review.csv")
    for row in rows:
        row["row"] += ".0"
        row["new_label"] = "good" if row["text"] == ROWS[SPOILED][0] else ""
    write("review.csv", [list(row.values()) for row in rows], header=list(rows[0]))
    assert heptune("check", data, "--fix", "clean", "--apply", "review.csv", "--format", "json").json["relabelled"] == {
        "reviewed": 1
    }
    rows[2]["row"] = "9" * 5_000
    write("review.csv", [list(row.values()) for row in rows], header=list(rows[0]))
    outcome = heptune("check", data, "--fix", "again", "--apply", "review.csv", "--format", "json")
    assert outcome.code == 3
