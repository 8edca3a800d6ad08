"""What a bundle does with its answers: those that stand by themselves, sets of labels, and costs."""

import json
from pathlib import Path

import pytest
from made_up_data import messages, write_csv

import heptune as library

PROMISE = ("--min-accepted-accuracy", "0.8")


@pytest.fixture
def data(workplace):
    return write_csv(Path("d.csv"), messages(1_500, wrong=0.03)).name


def result_of(folder):
    return json.loads(Path(folder, "7_training.json").read_text(encoding="utf-8"))["result"]


def test_a_promise_is_kept_on_the_test_rows_and_applied_by_the_predictor(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", *PROMISE, "--out", "run")
    assert outcome.code == 0
    result = result_of("run")
    acceptance = result["acceptance"]
    assert (acceptance["min_accuracy"], acceptance["reason"]) == (0.8, None)
    assert acceptance["rows"] == 180  # 15 % of the training rows
    assert acceptance["test_accuracy"]["high"] >= 0.8
    assert "right at least 80% of the time" in outcome.out
    answers = [
        json.loads(line) for line in heptune("predict", "run/bundle", "--text", "hm", "--text", "").out.splitlines()
    ]
    assert answers[0]["needs_review"] == (answers[0]["score"] < acceptance["threshold"])
    assert answers[1]["needs_review"] is True
    assert answers[0]["label"] == max(answers[0]["scores"], key=answers[0]["scores"].get)


def test_where_nothing_can_be_promised_every_answer_is_for_a_person(workplace, heptune):
    data = write_csv(Path("few.csv"), messages(120, wrong=0.2)).name
    outcome = heptune("run", data, "--method", "tfidf", *PROMISE, "--out", "run")
    assert "cannot be promised: it takes at least" in outcome.out
    answer = json.loads(heptune("predict", "run/bundle", "--text", "good").out)
    assert answer["needs_review"] is True


def test_sets_and_costs_stand_beside_the_label_which_stays(data, workplace):
    goal = {"set_coverage": 0.95, "costs": {"bad": {"good": 50}}}
    run = library.run(data, out="run", sources={"method": "tfidf"}, goal=goal)
    assert run.result.label_sets.test_coverage.high >= 0.95
    answers = library.load(run.bundle).predict([text for text, _label in messages(200, wrong=0.0)])
    labels = [answer.label for answer in answers]
    assert labels == [max(answer.scores, key=answer.scores.get) for answer in answers]
    assert all(answer.needs_review is None for answer in answers)
    assert all(answer.label == answer.label_set[0] for answer in answers)
    for answer in answers:
        expected_costs = {"good": 50 * answer.scores["bad"], "bad": answer.scores["good"]}
        assert answer.decision == min(expected_costs, key=expected_costs.get)
    assert "good" in labels
    assert {answer.decision for answer in answers} == {"bad"} or labels != [answer.decision for answer in answers]


def test_a_bundle_that_promises_nothing_says_nothing_of_it(data, heptune):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    assert "decisions" not in json.loads(Path("run/bundle/heptune.json").read_text(encoding="utf-8"))
    answer = json.loads(heptune("predict", "run/bundle", "--text", "good").out)
    assert list(answer) == ["text", "label", "score", "scores", "truncated", "error"]
    assert result_of("run")["acceptance"] is None


def test_costs_of_a_label_that_there_is_not_are_refused_before_training(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", "--set", "goal.costs={bad: {god: 2}}", "--format", "json")
    assert (outcome.code, outcome.error["code"], outcome.error["found"]) == (2, "unknown_label", "god")


@pytest.mark.parametrize("share", ["0", "1", "95"])
def test_a_share_that_is_none_is_refused(data, heptune, share):
    outcome = heptune("run", data, "--method", "tfidf", "--min-accepted-accuracy", share, "--format", "json")
    assert outcome.code == 2


def test_asking_for_a_promise_keeps_more_rows_aside_unless_a_share_is_given(data, heptune):
    arguments = ["run", data, "--method", "tfidf", "--stop-after", "3", "--format", "json"]
    sizes = [
        heptune(*arguments, *more, "--out", f"run{number}").json["result"]["splits"]["calibration"]["rows"]
        for number, more in enumerate([(), PROMISE, (*PROMISE, "--set", "dataset.calibration_share=0.3")])
    ]
    assert sizes == [60, 180, 360]
