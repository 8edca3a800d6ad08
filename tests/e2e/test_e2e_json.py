"""`--format json`: one object on standard output, of the promised shape; `--format quiet`: one line."""

import json
import math
from pathlib import Path

import pytest
from command_line import STEP_NAMES, call, events
from made_up_data import messages, write_csv

from heptune.errors import InterruptedRunError
from heptune.steps.step7_training import making
from heptune.storage.test_scorings import state_folder

RARE = "a single training row of: rare"
SCORE_NAMES = ("accuracy", "macro_f1", "log_loss")


def assert_score(score):
    assert list(score) == ["value", "low", "high", "method"]
    assert math.isfinite(score["value"])
    assert score["method"] in ("wilson", "bootstrap", None)
    if score["method"] is None:
        assert score["low"] is score["high"] is None
    else:
        assert score["low"] <= score["value"] <= score["high"]


def assert_scores(scores, labels):
    for name in SCORE_NAMES:
        assert_score(scores[name])
    assert list(scores["per_class"]) == labels
    for figures in scores["per_class"].values():
        for name in ("precision", "recall", "f1"):
            assert_score(figures[name])
    assert sum(sum(row) for row in scores["confusion"]) == scores["n"]


def test_a_run_prints_one_object_with_every_promised_key(heptune, data):
    outcome = heptune("run", data, "--method", "tfidf", "--format", "json")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.count("\n") == 1
    content = outcome.json
    assert content["run"] == "runs/d-tfidf"
    assert content["bundle"] == "runs/d-tfidf/bundle"
    assert content["verdict"] is None
    assert content["test"]["n"] == 24
    assert_scores(content["test"], ["bad", "good"])
    assert list(content["baselines"]) == ["majority", "tfidf"]
    for scores in content["baselines"].values():
        assert_scores(scores, ["bad", "good"])
        assert scores["n"] == 24
    assert content["baselines"]["tfidf"]["accuracy"] == content["test"]["accuracy"]
    assert tuple(content["seconds"]) == STEP_NAMES
    assert all(seconds >= 0 for seconds in content["seconds"].values())


def test_json_is_valid_even_where_a_class_is_never_predicted(heptune, workplace):
    rows = [(text, "b" if number % 40 == 0 else "a") for number, (text, _label) in enumerate(messages(200))]
    outcome = heptune("run", write_csv(workplace / "d.csv", rows), "--method", "tfidf", "--format", "json")

    def refuse(constant):
        raise AssertionError(constant)

    content = json.loads(outcome.out, parse_constant=refuse)
    assert content["baselines"]["majority"]["per_class"]["b"]["precision"]["method"] is None


@pytest.mark.parametrize(
    ("requirement", "verdict", "code"),
    [
        ("accuracy>=0.6", "met", 0),
        ("log_loss <= 0.9", "met", 0),
        ("accuracy >= 0.97", "inconclusive", 4),
        ("log_loss <= 0.01", "not_met", 4),
    ],
)
def test_the_verdict_and_the_exit_code_follow_the_interval(heptune, data, requirement, verdict, code):
    outcome = heptune("run", data, "--method", "tfidf", "--require", requirement, "--format", "json")
    assert outcome.code == code
    assert outcome.json["verdict"] == verdict
    assert_scores(outcome.json["test"], ["bad", "good"])
    assert (outcome.err == "") == (code == 0)  # a sentence for people, beside the object


def test_a_failure_prints_one_error_object_with_all_six_fields(heptune, data):
    outcome = heptune("run", data, "--text-column", "txt", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert outcome.err == ""
    assert list(outcome.error)[:6] == ["code", "message", "where", "expected", "found", "remedy"]
    assert outcome.error["code"] == "missing_column"
    assert outcome.error["where"] == "d.csv"
    assert outcome.error["found"] == "text, label"
    assert "text" in outcome.error["remedy"]


@pytest.mark.parametrize("spelling", [["--format", "json"], ["--format=json"]])
def test_a_mistyped_command_prints_its_error_as_json_too(heptune, data, spelling):
    outcome = heptune("run", data, "--no-such-option", *spelling)
    assert outcome.code == 2
    assert outcome.err == ""
    assert outcome.error["code"] == "usage"
    assert "--no-such-option" in outcome.error["message"]


def test_a_stopped_run_prints_the_last_result(heptune, data):
    outcome = heptune("run", data, "--method", "tfidf", "--stop-after", "3", "--format", "json")
    assert outcome.code == 0
    content = outcome.json
    assert (content["run"], content["step"]) == ("runs/d-tfidf", 3)
    assert content["result"]["splits"]["test"]["rows"] == 24
    assert tuple(content["seconds"]) == STEP_NAMES[:3]


@pytest.mark.parametrize(("stop_after", "line"), [("7", "runs/d-tfidf/bundle\n"), ("2", "runs/d-tfidf\n")])
def test_quiet_prints_the_one_path_that_scripts_want(heptune, data, stop_after, line):
    outcome = heptune("run", data, "--method", "tfidf", "--stop-after", stop_after, "--format", "quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, line, "")


@pytest.mark.parametrize("stop_after", ["7", "3"])
def test_warnings_are_in_the_object_and_on_standard_error(heptune, workplace, stop_after):
    write_csv(workplace / "d.csv", [*messages(60), ("one of a kind", "rare")])
    options = ["--method", "tfidf", "--stop-after", stop_after]
    outcome = heptune("run", "d.csv", *options, "--format", "json")
    assert outcome.code == 0
    assert outcome.json["warnings"] == [RARE]
    assert outcome.err == f"mind: {RARE}\n"
    quiet = heptune("run", "d.csv", *options, "--format", "quiet")
    assert (quiet.out.count("\n"), quiet.err) == (1, f"mind: {RARE}\n")
    assert [(event["step"], event["message"]) for event in events(Path("runs/d-tfidf"), "warning")] == [(3, RARE)] * 2
    assert heptune("show", "runs/d-tfidf", "--format", "json").json["warnings"] == [RARE]
    for shown in (heptune("show", "runs/d-tfidf"), heptune("run", "d.csv", *options)):
        assert (shown.out.count(f"mind: {RARE}"), shown.err) == (1, "")


def test_the_scorings_of_a_test_set_are_those_up_to_now(heptune, data):
    for seed in ("1", "2"):
        heptune("run", data, "--method", "tfidf", "--out", f"run{seed}", "--set", f"model.seed={seed}")
    again = heptune("run", data, "--method", "tfidf", "--out", "run1", "--set", "model.seed=1", "--format", "json")
    assert again.json["test_scorings"] == 2
    assert heptune("show", "run1", "--format", "json").json["test_scorings"] == 2
    assert "on this machine so far: 2" in heptune("show", "run1").out
    (state_folder() / "test_scorings.jsonl").unlink()
    assert heptune("show", "run1", "--format", "json").json["test_scorings"] == 1  # as it was stored


def test_a_scoring_that_breaks_off_is_counted(heptune, data, monkeypatch):
    def break_off(*_arguments, **_options):
        raise InterruptedRunError("stopped", exit_code=130)

    monkeypatch.setattr(making, "score_splits", break_off)
    assert heptune("run", data, "--method", "tfidf").code == 130
    assert len((state_folder() / "test_scorings.jsonl").read_text().splitlines()) == 1


def test_in_a_process_of_its_own_nothing_but_the_object_is_written(data):
    outcome = call("run", data, "--method", "tfidf", "--set", "dataset.test_share=0.2", "--format", "json")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.json["verdict"] is None
