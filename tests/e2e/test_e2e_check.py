"""`heptune check` and what a run says of its data: copies, leaks, and what a model makes of the texts."""

import csv
import json
from pathlib import Path

import pytest
from made_up_data import messages, write_csv
from rows_to_check import numbered

import heptune as library
from heptune.checks.codes import NAMES

ROWS = [row for pair in zip(numbered("good", 60), numbered("bad", 60), strict=True) for row in pair]
LEAKED = [(text.upper(), label) for text, label in ROWS[:6]]


def write(path, rows):
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])


@pytest.fixture
def data(workplace):
    """A file to learn from with two copies and a contradiction, and one to test on with six shared rows."""
    write("train.csv", [*ROWS, ROWS[0], ROWS[2], ("So so", "good"), ("so so", "bad")])
    write("test.csv", [*LEAKED, ("Never seen before", "good"), ("And this one neither", "bad")])
    return "train.csv"


def by_name(report):
    return {finding["name"]: finding for finding in report["findings"]}


def test_json_has_one_finding_for_each_check_and_tells_rows_by_file_and_line(data, heptune):
    outcome = heptune("check", data, "--test", "test.csv", "--set", "dataset.mute=[H304]", "--format", "json")
    assert outcome.code == 0
    report = outcome.json
    assert report["rows"] == 124 + 8
    assert [(finding["code"], finding["name"]) for finding in report["findings"]] == list(NAMES.items())
    findings = by_name(report)
    assert (findings["duplicates"]["outcome"], findings["duplicates"]["count"]) == ("found", 3)
    assert findings["split_leakage"]["count"] == 6
    assert findings["split_leakage"]["examples"][0]["rows"] == [
        {"part": "test", "file": "test.csv", "position": 2},
        {"part": "train", "file": "train.csv", "position": 2},
    ]
    assert findings["label_conflicts"]["count"] == 1
    assert findings["near_duplicates"]["outcome"] == "muted"
    assert findings["truncation"]["outcome"] == findings["script_mismatch"]["outcome"] == "skipped"


def test_people_are_told_what_was_found_with_examples_and_what_to_do(data, heptune):
    outcome = heptune("check", data, "--test", "test.csv")
    assert "H302  rows shared by train and test" in outcome.out
    assert "test.csv:2, train.csv:2 · " in outcome.out
    assert "do: --set dataset.leakage=drop" in outcome.out
    assert "passed: " in outcome.out
    assert "left out: H401 texts that are cut: no model was named" in outcome.out


def test_quiet_are_the_codes_of_what_was_found(data, heptune):
    codes = heptune("check", data, "--test", "test.csv", "--format", "quiet").out.split()
    assert {"H301", "H302", "H303"} <= set(codes) <= set(NAMES)


def test_nothing_is_left_in_the_working_folder(data, heptune, workplace):
    before = sorted(workplace.iterdir())
    heptune("check", data)
    assert sorted(workplace.iterdir()) == before


def test_a_run_says_what_it_found_in_a_line_each_and_show_says_it_again(data, heptune):
    line = "H302  6 of 8 test rows also stand in the rows to learn from. --set dataset.leakage=drop"
    assert line in heptune("run", data, "--test", "test.csv", "--method", "tfidf", "--out", "run").out
    assert line in heptune("show", "run").out
    stored = json.loads(Path("run/3_dataset.json").read_text("utf-8"))["result"]["findings"]
    assert by_name({"findings": stored})["split_leakage"]["count"] == 6


def test_leaks_are_dropped_from_the_rows_to_learn_from_on_request(data, heptune):
    arguments = ["run", data, "--test", "test.csv", "--method", "tfidf", "--stop-after", "3", "--format", "json"]
    kept = heptune(*arguments, "--out", "kept").json["result"]["splits"]
    result = heptune(*arguments, "--out", "dropped", "--set", "dataset.leakage=drop").json["result"]
    dropped = result["splits"]
    learnt = [sum(splits[name]["rows"] for name in splits if name != "test") for splits in (kept, dropped)]
    assert learnt == [124, 124 - 6 - 2]  # the copies of two of them too
    assert kept["test"] == dropped["test"]
    assert by_name(result)["split_leakage"]["count"] == 6
    assert "8 rows that also stand in test left out" in heptune("show", "dropped").out


def test_to_drop_leaks_without_given_test_rows_has_no_effect_and_is_refused(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", "--set", "dataset.leakage=drop", "--format", "json")
    assert outcome.code == 2
    assert outcome.error["where"] == "dataset.leakage"


def test_muting_is_said_and_trains_nothing_anew(data, heptune):
    arguments = ["run", data, "--test", "test.csv", "--method", "tfidf", "--out", "run"]
    heptune(*arguments)
    before = Path("run/7_training.json").read_text("utf-8")
    outcome = heptune(*arguments, "--set", "dataset.mute=[H302,H401]")
    assert "H302  " not in outcome.out
    assert Path("run/7_training.json").read_text("utf-8") == before
    outcomes = {
        finding["code"]: finding["outcome"]
        for file in ("3_dataset.json", "4_tokens.json")
        for finding in json.loads(Path("run", file).read_text("utf-8"))["result"]["findings"]
    }
    assert [code for code, outcome in outcomes.items() if outcome == "muted"] == ["H302", "H401"]


def test_an_unknown_code_is_refused(data, heptune):
    outcome = heptune("check", data, "--set", "dataset.mute=[H999]", "--format", "json")
    assert outcome.code == 2
    assert "H304 (near_duplicates)" in str(outcome.error)


def test_settings_of_later_steps_are_refused(data, heptune):
    outcome = heptune("check", data, "--set", "training.epochs=3", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")


def test_data_that_nothing_can_learn_from_are_an_error(workplace, heptune):
    write("one.csv", numbered("good", 20))
    outcome = heptune("check", "one.csv", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "one_class")


def test_what_a_model_makes_of_the_texts_is_looked_at_where_one_is_named(data, heptune, bert):
    findings = by_name(heptune("check", data, "--model", bert, "--set", "tokens.max_length=8", "--format", "json").json)
    assert findings["truncation"]["outcome"] == "found"
    assert findings["truncation"]["share"] > 0.5
    assert findings["script_mismatch"]["outcome"] == "not_applicable"


def test_python_has_the_same(data, workplace):
    report = library.check(data, test=workplace / "test.csv", dataset={"mute": ["H311"]})
    assert report.rows == 132
    assert [finding.code for finding in report.findings] == list(NAMES)
    assert report.findings[1].count == 6


@pytest.mark.shared
def test_on_the_tweets_it_finds_what_was_counted_by_hand(shared_data, heptune):
    arguments = ("--set", "dataset.mute=[H601]", "--format", "json")
    outcome = heptune("check", shared_data / "tweet_sentiment_extraction", *arguments)
    findings = by_name(outcome.json)
    counts = {name: findings[name]["count"] for name in ("duplicates", "label_conflicts", "split_leakage")}
    assert counts == {"duplicates": 75, "label_conflicts": 7, "split_leakage": 26}
    assert findings["split_leakage"]["summary"] == (
        "26 of 3,534 test rows also stand in the rows to learn from, 3 of them with another label"
    )


def test_groups_and_time_together_and_time_with_given_test_rows_are_refused(data, heptune):
    both = heptune("run", data, "--set", "dataset.group_by=a", "--set", "dataset.time=b", "--format", "json")
    assert (both.code, both.error["code"]) == (2, "two_ways_to_split")
    given = heptune(
        "run", data, "--test", "test.csv", "--method", "tfidf", "--set", "dataset.time=b", "--format", "json"
    )
    assert (given.code, given.error["where"]) == (2, "dataset.time")


@pytest.mark.parametrize(
    "options", [("check",), ("check", "--review", "r.csv"), ("check", "--fix", "clean"), ("curve",)]
)
@pytest.mark.parametrize("setting", ["group_by=channel", "time=day"])
def test_verbs_that_look_at_all_rows_refuse_sides(heptune, workplace, options, setting):
    rows = [(*row, "ab"[number % 2], f"2026-01-{1 + number % 28:02d}") for number, row in enumerate(messages(60))]
    data = write_csv(workplace / "d.csv", rows, header=("text", "label", "channel", "day"))
    verb, *others = options
    outcome = heptune(verb, data, *others, "--set", f"dataset.{setting}", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")
    assert f"dataset.{setting.partition('=')[0]}" in outcome.error["where"]
    assert not Path("clean").exists()


def test_a_copy_is_cleaned_whatever_is_muted_and_that_is_refused(heptune, workplace):
    data = write_csv(workplace / "d.csv", messages(60))
    outcome = heptune("check", data, "--fix", "clean", "--set", "dataset.mute=[H301]", "--format", "json")
    assert (outcome.code, outcome.error["where"]) == (2, "dataset.mute")
