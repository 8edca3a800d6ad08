"""`--against`: the answers of whatever there is today, on the same test rows; and what is kept when they change."""

import csv
import json
from pathlib import Path

import pytest
from command_line import reused
from made_up_data import messages, write_csv

import heptune as library
from heptune.steps.step7_training import step

TEST = messages(200, seed=9)


@pytest.fixture
def data(workplace):
    """Rows to learn from and to test on, as a folder."""
    write_csv(Path("d/train.csv"), messages(400, seed=8))
    write_csv(Path("d/test.csv"), TEST)
    return "d"


def rules(path, rows, header=("text", "answer")):
    """Write answers as somebody's own program may."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def everything_is_good(count=200):
    return [(text, "GOOD") for text, _label in TEST[:count]]


def run(heptune, data, *options):
    return heptune("run", data, "--method", "tfidf", "--out", "run", *options, "--format", "json")


def test_answers_are_tied_to_the_rows_by_their_texts_in_any_order(data, heptune):
    file = rules("rules.csv", reversed(everything_is_good()))
    outcome = run(heptune, data, "--against", file)
    assert outcome.code == 0
    (opponent,) = outcome.json["opponents"]
    assert (opponent["name"], opponent["rows"], opponent["unknown"]) == ("rules.csv", 200, 0)
    assert opponent["accuracy"]["value"] == 0.5
    comparison = outcome.json["comparisons"]["rules.csv"]
    model = outcome.json["test"]["accuracy"]["value"]
    assert comparison["difference"]["value"] == pytest.approx(model - 0.5)
    assert comparison["evident"] is True
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert "Better than rules.csv by" in page


def test_rows_without_an_answer_are_left_out_and_answers_that_are_no_class_are_mistakes(data, heptune):
    rows = [*everything_is_good(100), (TEST[100][0], "no idea"), (TEST[101][0], " "), ("never seen", "good")]
    outcome = run(heptune, data, "--against", rules("rules.csv", rows))
    (opponent,) = outcome.json["opponents"]
    assert (opponent["rows"], opponent["unknown"]) == (101, 1)
    assert opponent["accuracy"]["value"] == pytest.approx(50 / 101)
    assert outcome.json["comparisons"]["rules.csv"]["macro_f1"] is None
    shown = heptune("show", "run").out
    assert "rules.csv: 49.5% [" in shown
    assert "1 of its answers are no class" in shown


def test_an_earlier_bundle_is_one_too_and_equals_itself(data, heptune):
    run(heptune, data)
    outcome = heptune("run", data, "--method", "tfidf", "--out", "new", "--against", "run/bundle", "--format", "json")
    comparison = outcome.json["comparisons"]["run"]
    assert comparison["difference"]["value"] == 0
    assert comparison["evident"] is False


def test_the_model_is_kept_when_the_comparison_changes(data, heptune):
    first = run(heptune, data).json
    before = Path("run/bundle/tfidf.safetensors").read_bytes()
    outcome = run(heptune, data, "--against", rules("rules.csv", everything_is_good()))
    assert reused(Path("run"))["training"] is False
    assert "the trained model is kept" in outcome.err
    assert Path("run/bundle/tfidf.safetensors").read_bytes() == before
    assert outcome.json["test"] == first["test"]
    assert outcome.json["test_scorings"] == first["test_scorings"] == 1
    assert library.load("run/bundle").predict([TEST[0][0]])[0].label in ("good", "bad")
    rules("rules.csv", [(text, "bad") for text, _label in TEST])
    again = run(heptune, data, "--against", "rules.csv")
    assert again.json["opponents"][0]["accuracy"]["value"] == 0.5
    assert reused(Path("run"))["evaluation"] is False


def test_costs_and_another_promise_keep_the_model_and_a_changed_training_does_not(data, heptune):
    run(heptune, data, "--min-accepted-accuracy", "0.7")
    for change in (("--min-accepted-accuracy", "0.75"), ("--set", "goal.costs={bad: {good: 9}}")):
        options = change if change[0] == "--min-accepted-accuracy" else ("--min-accepted-accuracy", "0.75", *change)
        assert "the trained model is kept" in run(heptune, data, *options).err
    assert library.load("run/bundle").predict(["good"])[0].decision is not None
    changed = run(heptune, data, "--min-accepted-accuracy", "0.75", "--set", "dataset.seed=1")
    assert "is kept" not in changed.err
    assert "is kept" not in run(heptune, data, "--min-accepted-accuracy", "0.7", "--fresh").err


def test_a_damaged_bundle_is_not_kept(data, heptune):
    run(heptune, data)
    weights = Path("run/bundle/tfidf.safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    outcome = run(heptune, data, "--against", rules("rules.csv", everything_is_good()))
    assert "is kept" not in outcome.err
    assert weights.read_bytes() != bytes(content)


@pytest.mark.parametrize(
    ("rows", "header", "code"),
    [
        ([(TEST[0][0], "good")], ("message", "verdict"), "missing_column"),
        ([(TEST[0][0], "good", "bad")], ("text", "label", "llm"), "missing_column"),
        ([("never seen", "good")], ("text", "answer"), "no_answers"),
        ([(TEST[0][0], "up")], ("text", "answer"), "no_class"),
        ([(TEST[0][0], "good"), (TEST[0][0], "bad")], ("text", "answer"), "two_answers"),
    ],
)
def test_answers_that_do_not_fit_are_told_before_training(data, heptune, rows, header, code):
    outcome = run(heptune, data, "--against", rules("rules.csv", rows, header))
    assert (outcome.code, outcome.error["code"]) == (3, code)
    assert not Path("run/bundle").exists()


def test_nothing_and_two_of_one_name_are_refused(data, heptune):
    assert run(heptune, data, "--against", "nowhere.csv").error["code"] == "no_opponent"
    for folder in ("a", "b"):
        Path(folder).mkdir()
        rules(f"{folder}/rules.csv", everything_is_good())
    outcome = run(heptune, data, "--against", "a/rules.csv", "--against", "b/rules.csv")
    assert (outcome.code, outcome.error["code"]) == (2, "same_name")


def test_columns_that_the_user_names_are_looked_at_apart_and_the_model_is_kept(workplace, heptune):
    rows = messages(600, seed=4)
    # Of the channel fax every label is wrong.
    turned = {"good": "bad", "bad": "good"}
    made = [
        (text, turned[label] if n % 8 < 2 else label, ("fax", "mail")[n % 8 > 1])
        for n, (text, label) in enumerate(rows)
    ]
    write_csv(Path("d.csv"), made, header=("text", "label", "channel"))
    run(heptune, "d.csv")
    outcome = run(heptune, "d.csv", "--set", "dataset.slice_by=[channel]")
    assert "the trained model is kept" in outcome.err
    slices = {one["name"]: one for one in outcome.json["slices"] if one["kind"] == "column"}
    assert slices.keys() <= {"rows with channel fax", "rows with channel mail"}
    mail = slices["rows with channel mail"]
    assert mail["accuracy"]["value"] > mail["rest"]["value"] + 0.3
    assert mail["p_value"] < 0.01
    assert "Rows with channel mail" in heptune("show", "run").out
    missing = run(heptune, "d.csv", "--set", "dataset.slice_by=[chanel]")
    assert (missing.code, missing.error["where"]) in [(2, "dataset.slice_by"), (3, "d.csv")]


def test_a_bundle_that_does_not_fit_is_told_before_training(data, heptune):
    write_csv(Path("other.csv"), [(text, "xy"[n % 2]) for n, (text, _label) in enumerate(messages(120))])
    heptune("run", "other.csv", "--method", "tfidf", "--out", "other")
    outcome = run(heptune, data, "--against", "other/bundle")
    assert (outcome.code, outcome.error["code"]) == (3, "no_class")
    assert not Path("run/6_evaluation.json").exists()


def test_an_interruption_while_robustness_is_measured_loses_no_model(data, heptune, monkeypatch):
    run(heptune, data)

    def break_off(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(step, "measure_robustness", break_off)
        assert run(heptune, data, "--set", "evaluation.robustness=true").code == 130
    outcome = run(heptune, data, "--set", "evaluation.robustness=true")
    assert "the trained model is kept" in outcome.err
    assert outcome.json["robustness"]


@pytest.mark.parametrize("columns", ["[channel, channel]", "[text]"])
def test_columns_named_twice_and_the_texts_make_no_groups(data, heptune, columns):
    options = ("--text-column", "text", "--set", f"dataset.slice_by={columns}")
    assert run(heptune, data, *options).error["code"] == "bad_slices"


def test_a_bundle_that_learnt_from_these_test_rows_is_warned_of(workplace, heptune):
    write_csv(Path("d.csv"), messages(300))
    run(heptune, "d.csv")
    options = ("--set", "dataset.seed=7", "--against", "run/bundle", "--format", "json", "--out", "new")
    told = heptune("run", "d.csv", "--method", "tfidf", *options)
    assert any("learnt from some of these" in warning for warning in told.json["warnings"])
    same = heptune("run", "d.csv", "--method", "tfidf", *options[2:-2], "--out", "same")
    assert same.json["warnings"] == []


def test_groups_that_do_not_differ_stand_in_the_report_too(workplace, heptune):
    made = [(text, label, ("mail", "chat")[n // 2 % 2]) for n, (text, label) in enumerate(messages(400))]
    write_csv(Path("d.csv"), made, header=("text", "label", "channel"))
    run(heptune, "d.csv", "--set", "dataset.slice_by=[channel]")
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert "rows with channel mail" in page
    outcome = run(heptune, "d.csv", "--set", "dataset.slice_by=[label]")
    assert (outcome.code, outcome.error["code"]) == (2, "bad_slices")


def test_a_kept_model_has_the_price_of_now(workplace, heptune, bert):
    write_csv(Path("d.csv"), messages(60))
    options = ("d.csv", "--model", bert, "--epochs", 1, "--out", "run", "--format", "json")
    heptune("run", *options)
    heptune("run", *options, "--set", "training.price_per_hour=36", "--set", "evaluation.robustness=true")
    fit = json.loads(Path("run/7_training.json").read_text(encoding="utf-8"))["result"]["fit"]
    assert fit["cost"] == pytest.approx(fit["seconds"] / 100, abs=1e-4)


def test_a_bundle_that_saw_the_given_test_rows_as_such_is_not_warned_of(workplace, heptune):
    write_csv(workplace / "d.csv", messages(120))
    write_csv(workplace / "t.csv", messages(80, seed=3))
    options = ("--method", "tfidf", "--format", "json")
    heptune("run", "d.csv", "--test", "t.csv", *options, "--out", "first")
    some = ("--test", "t.csv", "--test-sample", "40", "--against", "first/bundle")
    assert heptune("run", "d.csv", *some, *options, "--out", "some").json["warnings"] == []
    # What was learnt from is now to be tested on.
    warned = heptune("run", "t.csv", "--test", "d.csv", "--against", "first/bundle", *options, "--out", "turned").json
    assert any("learnt from some of these" in warning for warning in warned["warnings"])
