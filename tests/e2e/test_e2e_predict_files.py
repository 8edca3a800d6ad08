"""`heptune predict` with files: what people, programs and scripts get, and what a killed job leaves."""

import csv
import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from command_line import start
from made_up_data import messages, write_csv

import heptune as library

ROWS = 130_000


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a finished run of tfidf whose texts stand in the column message; never changed."""
    folder = tmp_path_factory.mktemp("trained")
    rows = messages(120)
    with (folder / "d.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("message", "label"), *rows])
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("XDG_STATE_HOME", str(folder / "state"))
        return library.run(
            folder / "d.csv", sources={"method": "tfidf"}, dataset={"text_column": "message"}, out=folder / "run"
        ).folder


@pytest.fixture
def bundle(trained, workplace):
    """The test's own copy of the bundle."""
    shutil.copytree(trained / "bundle", workplace / "bundle")
    return "bundle"


@pytest.fixture
def tickets(workplace):
    content = "id,message,title\n1,a great phone,x\n2,,y\n3\n4,awful and sad,z\n"
    (workplace / "tickets.csv").write_text(content)
    return "tickets.csv"


def test_a_file_goes_to_standard_output_as_json_lines_and_bad_rows_are_counted_aside(heptune, bundle, tickets):
    outcome = heptune("predict", bundle, tickets, "--scores", "none")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [(row["id"], row["label"]) for row in rows] == [("1", "good"), ("2", None), (None, None), ("4", "bad")]
    assert (outcome.code, outcome.err) == (0, "2 of 4 rows have no answer: empty_text 1, bad_row 1\n")


def test_the_column_that_the_classifier_learnt_from_is_taken_before_customary_names(heptune, bundle, tickets):
    assert heptune("predict", bundle, tickets, "--format", "quiet").out == "good\n\n\nbad\n"
    other = heptune("predict", bundle, tickets, "--text-column", "title", "--format", "json")
    assert [json.loads(line)["error"] for line in other.out.splitlines()][1] is None
    wrong = heptune("predict", bundle, tickets, "--text-column", "titel", "--format", "json")
    assert (wrong.code, wrong.error["code"]) == (3, "missing_column")


def test_out_writes_a_file_and_says_so_to_people_programs_and_scripts(heptune, bundle, tickets):
    shown = heptune("predict", bundle, tickets, "--out", "out.csv")
    assert "4 rows in" in shown.out
    assert "answers  out.csv" in shown.out
    assert shown.err == "2 of 4 rows have no answer: empty_text 1, bad_row 1\n"
    told = heptune("predict", bundle, tickets, "--out", "out.parquet", "--format", "json").json
    assert (told["out"], told["rows"], told["errors"]) == ("out.parquet", 4, {"empty_text": 1, "bad_row": 1})
    assert heptune("predict", bundle, tickets, "--out", "out.xlsx", "--format", "quiet").out == "out.xlsx\n"


def test_people_see_why_a_row_has_no_answer(heptune, bundle, tickets):
    shown = heptune("predict", bundle, tickets, "--format", "human").out
    assert "line 4: cells: 1, expected 3" in shown
    assert "nothing to read" in shown


def test_standard_input_may_be_json_lines_and_go_to_a_file(heptune, bundle, workplace):
    lines = b'{"message": "great", "n": 1.50}\n\nnot json\n{"message": "awful"}\n'
    outcome = heptune("predict", bundle, "-", "--text-column", "message", "--out", "out.jsonl", standard_input=lines)
    assert outcome.code == 0
    first, second, third = (workplace / "out.jsonl").read_text().splitlines()
    assert first.startswith('{"message": "great", "n": 1.50, "label": "good"')
    assert "line 3: is not JSON" in json.loads(second)["error"]
    assert json.loads(third)["label"] == "bad"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--text", "a", "--text-column", "x"], "setting_without_effect"),
        (["tickets.csv", "--text", "a"], "setting_without_effect"),
        (["tickets.csv", "--spreadsheet-safe"], "setting_without_effect"),
        (["tickets.csv", "--spreadsheet-safe", "--out", "x.jsonl"], "setting_without_effect"),
        (["tickets.csv", "--out", "x.txt"], "unknown_format"),
        (["tickets.csv", "--precision", "bf16"], "setting_without_effect"),
        (["-", "--out", "folder"], "no_way_back"),
    ],
)
def test_nothing_that_was_written_is_passed_over(heptune, bundle, tickets, options, code):
    outcome = heptune("predict", bundle, *options, "--format", "json", standard_input=b"")
    assert (outcome.code, outcome.error["code"]) == (2, code)


def test_answers_are_those_of_python_and_of_single_texts(heptune, bundle, workplace):
    write_csv(workplace / "many.csv", messages(300))
    library.predict(bundle, "many.csv", "out.parquet", text_column="text")
    import pyarrow.parquet

    found = pyarrow.parquet.read_table("out.parquet").to_pylist()
    predictor = library.load(bundle)
    for row in found[::37]:
        (alone,) = predictor.predict([row["text"]])
        assert (row["predicted_label"], row["score"]) == (alone.label, alone.score)
        assert {label: row[f"score_{label}"] for label in predictor.labels} == alone.scores


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_a_job_killed_twice_has_every_row_once(bundle, workplace):
    texts = ["great", "awful", "sad", "happy"]
    with (workplace / "many.csv").open("w") as file:
        file.write("id,message\n")
        file.writelines(f"{n},{texts[n % 4]} {n}\n" for n in range(ROWS))
    out = Path("answers")
    for shards in (1, 2):
        process = start("predict", bundle, "many.csv", "--out", out, "--scores", "none")
        wait_for(lambda: len(list(out.glob("part-*"))) >= shards)  # noqa: B023 - called within the round
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    process = start("predict", bundle, "many.csv", "--out", out, "--scores", "none", "--format", "json")
    told = json.loads(process.communicate(timeout=120)[0])
    assert told["kept_rows"] in (100_000, ROWS)
    assert told["rows"] == ROWS - told["kept_rows"]
    ids = []
    for part in sorted(out.glob("part-*")):
        with part.open(newline="") as file:
            ids += [int(row["id"]) for row in csv.DictReader(file)]
    assert ids == list(range(ROWS))


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT there")
def test_a_request_to_stop_is_heard_between_parts_and_nothing_half_is_left(bundle, workplace):
    with (workplace / "many.csv").open("w") as file:
        file.write("message\n")
        file.writelines(f"great {n}\n" for n in range(200_000))
    process = start("predict", bundle, "many.csv", "--out", "out.csv")
    wait_for(lambda: list(workplace.glob(".out.csv.tmp-*")))
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped on request" in err
    assert {path.name for path in workplace.iterdir()} >= {"bundle", "many.csv"}
    assert not list(workplace.glob("*out.csv*"))
