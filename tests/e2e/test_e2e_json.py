"""`--format json`: one object on standard output, of the promised shape; `--format quiet`: one line."""

import json
import math

import pytest
from command_line import STEP_NAMES, call
from made_up_data import messages, write_csv

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


def test_in_a_process_of_its_own_nothing_but_the_object_is_written(data):
    outcome = call("run", data, "--method", "tfidf", "--format", "json")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.json["verdict"] is None
