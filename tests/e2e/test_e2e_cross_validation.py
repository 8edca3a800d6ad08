"""Few rows, none to test on: all are judged by models that did not learn from them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from made_up_data import messages, write_csv

import heptune as package
from heptune.data.folded_rows import open_folds
from heptune.methods.tfidf import fit_tfidf
from heptune.runtimes.tfidf_runtime import TfidfRuntime
from heptune.steps.step7_training.calibration import cross_fitted

pytestmark = pytest.mark.usefixtures("cross_validated")

ROWS = 120


@pytest.fixture
def few(workplace):
    return write_csv(workplace / "few.csv", messages(ROWS, wrong=0.15))


def run_tfidf(heptune, data, folder, *options):
    return heptune("run", data, "--method", "tfidf", "--out", folder, *options, "--format", "json").json


def table(path):
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def test_the_score_is_that_of_models_without_the_row(heptune, few):
    """By other code: a model of the other folds' rows gives each row the probabilities that stand in the file."""
    told = run_tfidf(heptune, few, "run", "--set", "dataset.validation_share=0")
    rows, folded = table(Path("run/dataset/test.arrow")), open_folds(Path("run/dataset/folds.arrow"))
    texts, classes = rows["text"].to_pylist(), rows["label"].to_numpy()
    assert len(texts) == ROWS == told["test"]["n"]
    written = table(Path("run/7_predictions.arrow")).to_pylist()
    assert {row["split"] for row in written} == {"test"}
    accuracies = []
    for repetition, numbers in enumerate(folded.folds):
        ours = np.array([row["model"] for row in written if row["repetition"] == repetition])
        expected = np.empty_like(ours)
        for fold in range(5):
            learnt, asked = np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold)
            model = fit_tfidf([texts[row] for row in learnt], classes[learnt], class_count=2)
            expected[asked] = TfidfRuntime(model).score([texts[row] for row in asked]).probabilities
        if told["calibration"]["temperature"]:
            # Each row has a temperature that was fitted on the others.
            expected = cross_fitted(classes, expected, numbers)
        np.testing.assert_allclose(ours, expected, atol=1e-6)
        accuracies.append(float((ours.argmax(axis=1) == classes).mean()))
    assert told["test"]["accuracy"]["value"] == pytest.approx(np.mean(accuracies))
    assert [one["value"] for one in told["cross_validation"]["accuracies"]] == pytest.approx(accuracies)
    assert all(one["low"] < one["value"] < one["high"] for one in told["cross_validation"]["accuracies"])
    assert told["cross_validation"]["folds"] == 5


@pytest.mark.parametrize("copies", [1, 3])
def test_labels_by_the_toss_of_a_coin_are_not_found_out(heptune, workplace, copies):
    """The model that ships knows its rows by heart, and copies would give them away; the score must not show it."""
    generator = np.random.default_rng(5)
    kinds = 300 // copies
    labels = generator.permutation(np.arange(kinds) % 2)
    texts = [" ".join("".join(generator.choice(list("abcdefgh"), size=9)) for _word in range(4)) for _kind in labels]
    rows = [(text, "ab"[label]) for text, label in zip(texts, labels, strict=True) for _copy in range(copies)]
    data = write_csv(workplace / "coin.csv", rows)
    told = run_tfidf(heptune, data, "run", "--set", "dataset.validation_share=0")
    assert told["test"]["accuracy"]["value"] < 0.62
    predictor = package.load("run/bundle")
    answers = predictor.predict([text for text, _label in rows])
    assert np.mean([answer.label == label for answer, (_text, label) in zip(answers, rows, strict=True)]) > 0.95


def test_what_is_said_of_it(heptune, few):
    shown = heptune("run", few, "--method", "tfidf", "--out", "run").out
    said = " ".join(shown.split())
    assert "too few rows to set some aside to test on: all 120 are judged" in said
    assert "10 further trainings follow" in said
    assert "cross-validated 120" in said
    assert "test 120" not in said
    assert "Each row was judged by models that did not learn from it: 5 folds, 2 times" in said
    assert "120 rows this model" in said
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert "Of 120 rows, each asked of models that had not seen it" in page
    assert "which it had not seen, it answered" not in page
    card = Path("run/bundle/README.md").read_text(encoding="utf-8")
    assert "On 120 rows, each judged by models that did not learn from it (cross-validation)" in card
    assert "split: cross-validation" in card
    assert "cross-validated 120" in card
    assert heptune("report", "run", "--lang", "zh", "--out", "zh.html").code == 0
    assert "都问了没有见过它的模型" in Path("zh.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "setting", ["test_share=0.25", "test_sample=20", "sample=80", "calibration_share=0.1", "time=day"]
)
def test_whoever_asks_for_test_rows_gets_them(heptune, workplace, setting):
    rows = [(*row, f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}") for number, row in enumerate(messages(ROWS))]
    data = write_csv(workplace / "few.csv", rows, header=("text", "label", "day"))
    told = run_tfidf(heptune, data, "run", "--set", f"dataset.{setting}")
    assert told["cross_validation"] is None
    assert told["test"]["n"] < ROWS
    assert not Path("run/dataset/folds.arrow").exists()


def test_with_500_rows_some_are_set_aside(heptune, workplace):
    assert run_tfidf(heptune, write_csv(workplace / "d.csv", messages(500)), "run")["test"]["n"] == 100
    assert run_tfidf(heptune, write_csv(workplace / "e.csv", messages(499)), "other")["test"]["n"] == 499


def test_given_test_rows_are_taken_however_few(heptune, few, workplace):
    given = write_csv(workplace / "test.csv", messages(30, seed=9))
    told = run_tfidf(heptune, few, "run", "--test", given)
    assert (told["cross_validation"], told["test"]["n"]) == (None, 30)


def test_given_validation_rows_choose_in_every_fold(heptune, workplace):
    write_csv(workplace / "parts" / "train.csv", messages(ROWS, wrong=0.1))
    write_csv(workplace / "parts" / "validation.csv", messages(20, seed=7))
    told = run_tfidf(heptune, "parts", "run")
    stored = json.loads(Path("run/3_dataset.json").read_text(encoding="utf-8"))
    result = stored.get("result", stored)
    assert result["cross_validation"]["validation_share"] is None
    assert {name: split["rows"] for name, split in result["splits"].items()} == {
        "train": ROWS,
        "validation": 20,
        "test": ROWS,
    }
    assert told["test"]["n"] == ROWS


@pytest.mark.parametrize(
    ("options", "place"),
    [(("--seeds", "2"), "training.seeds"), (("--set", "evaluation.robustness=true"), "evaluation.robustness")],
)
def test_what_takes_test_rows_is_refused_before_anything_is_learnt(heptune, few, bert, options, place):
    outcome = heptune("run", few, "--model", bert, "--out", "run", *options, "--format", "json")
    assert (outcome.code, outcome.error["code"], outcome.error["where"]) == (2, "takes_test_rows", place)
    assert "dataset.test_share" in outcome.error["remedy"]
    assert not Path("run/bundle").exists()


def test_robustness_is_refused_of_a_kept_model_too(heptune, few):
    run_tfidf(heptune, few, "run")
    outcome = heptune(
        "run", few, "--method", "tfidf", "--out", "run", "--set", "evaluation.robustness=true", "--format", "json"
    )
    assert (outcome.code, outcome.error["code"]) == (2, "takes_test_rows")


def test_thresholds_are_found_out_of_fold_and_keep_the_model(heptune, few):
    before = run_tfidf(heptune, few, "run")
    outcome = heptune(
        "run", few, "--method", "tfidf", "--out", "run", "--min-accepted-accuracy", "0.7", "--set",
        "goal.set_coverage=0.9", "--format", "json",
    )  # fmt: skip
    told = outcome.json
    assert "the trained model is kept" in outcome.err
    assert told["test"] == before["test"]
    assert told["cross_validation"] == before["cross_validation"]
    acceptance, sets = told["acceptance"], told["label_sets"]
    assert acceptance["rows"] == sets["rows"] == ROWS
    assert acceptance["threshold"] is not None
    assert acceptance["out_of_fold"]
    assert sets["out_of_fold"]
    assert 0 < acceptance["test_share"]["value"] <= 1
    assert sets["test_coverage"]["value"] > 0.7
    shown = " ".join(heptune("show", "run").out.split())
    assert f"found by cross-validation on {ROWS} rows, at 95 %" in shown
    assert "Sets for 90% coverage, found by cross-validation" in shown


def test_groups_of_the_users_stay_together_or_it_is_said(heptune, workplace):
    """Labels by the toss of a coin for each author: who knows an author's other rows knows all of them."""
    generator = np.random.default_rng(3)
    labels = generator.permutation(np.arange(60) % 2)
    rows = [
        (f"note {number} by author{author}", "ab"[labels[author]], f"A{author}")
        for author in range(60)
        for number in range(5)
    ]
    data = write_csv(workplace / "authors.csv", rows, header=("text", "label", "author"))
    told = run_tfidf(heptune, data, "run", "--set", "dataset.group_by=author")
    assert told["test"]["n"] == 300
    assert told["test"]["accuracy"]["value"] < 0.65
    # Five rows of an author say what one says: the interval is that of 60 rows and not of 300.
    accuracy = told["test"]["accuracy"]
    assert accuracy["high"] - accuracy["low"] > 0.2
    promised = run_tfidf(heptune, data, "run", "--set", "dataset.group_by=author", "--min-accepted-accuracy", "0.9")
    assert any("promises count rows and not values of author" in warning for warning in promised["warnings"])
    # An author for each label: without the author nothing of the label is known.
    each = [(text, label, label) for text, label in messages(ROWS)]
    data = write_csv(workplace / "each.csv", each, header=("text", "label", "author"))
    told = run_tfidf(heptune, data, "other", "--set", "dataset.group_by=author")
    assert any("copies of one stand in train and in test" in warning for warning in told["warnings"])
    assert told["test"]["accuracy"]["value"] > 0.5


def test_groups_are_not_torn_where_that_helps_nobody(heptune, workplace):
    """A class with a single row is unknown outside of its fold, however rows are dealt."""
    generator = np.random.default_rng(3)
    labels = generator.permutation(np.arange(40) % 2)
    rows = [(f"note {n} by author{a}", "ab"[labels[a]], f"A{a}") for a in range(40) for n in range(5)]
    rows = [row for row in rows if row[1] == "a"] + [("something else", "b", "B")]
    data = write_csv(workplace / "authors.csv", rows, header=("text", "label", "author"))
    told = run_tfidf(heptune, data, "run", "--set", "dataset.group_by=author")
    assert not any("copies of one" in warning for warning in told["warnings"])


def test_few_groups_make_few_folds(heptune, workplace):
    rows = [(text, label, f"C{number % 3}") for number, (text, label) in enumerate(messages(ROWS))]
    data = write_csv(workplace / "three.csv", rows, header=("text", "label", "customer"))
    outcome = heptune("run", data, "--method", "tfidf", "--out", "run", "--set", "dataset.group_by=customer")
    assert "3 folds, 2 times" in " ".join(outcome.out.split())
    assert "6 further trainings follow" in " ".join((outcome.out + outcome.err).split())


def test_columns_opponents_and_a_requirement(heptune, workplace):
    rows = [(text, label, "ab"[number % 2]) for number, (text, label) in enumerate(messages(ROWS, wrong=0.1))]
    data = write_csv(workplace / "few.csv", rows, header=("text", "label", "channel"))
    rules = write_csv(
        workplace / "rules.csv", [(text, label) for text, label, _channel in rows], header=("text", "answer")
    )
    outcome = heptune(
        "run", data, "--method", "tfidf", "--out", "run", "--against", rules, "--set", "dataset.slice_by=[channel]",
        "--require", "accuracy >= 0.99", "--format", "json",
    )  # fmt: skip
    assert outcome.code == 4
    told = json.loads(outcome.out.strip().splitlines()[0]) if outcome.out.strip() else outcome.json
    assert told["opponents"][0]["accuracy"]["value"] == 1.0
    assert told["opponents"][0]["rows"] == ROWS
    assert told["comparisons"]["rules.csv"]["difference"]["value"] < 0
    assert {one["rows"] for one in told["slices"] if one["kind"] == "column"} == {ROWS // 2}


def test_many_labels_and_the_library(workplace):
    rows = [(f"topic{label} word{number} about{label}", f"label {label}") for label in range(40) for number in range(5)]
    classifier = package.TextClassifier(method="tfidf")
    classifier.fit([text for text, _label in rows], [label for _text, label in rows])
    result = classifier.run_.result
    assert result.test.n == 200
    assert result.cross_validation.folds == 5
    assert result.test.accuracy.value > 0.9


def test_minutes_are_shared_out(heptune, few, bert):
    outcome = heptune(
        "run", few, "--model", bert, "--out", "run", "--stop-after", "5", "--estimate", "--set",
        "goal.max_training_minutes=11",
    )  # fmt: skip
    assert "each of the trainings may take 1.0 min" in " ".join((outcome.out + outcome.err).split())


def test_texts_that_are_cut_count_once(heptune, workplace, bert):
    rows = [(f"{text} " * 30, label) for text, label in messages(60)]
    data = write_csv(workplace / "long.csv", rows)
    told = heptune("check", data, "--model", bert, "--format", "json").json
    (cut,) = (finding for finding in told["findings"] if finding["name"] == "truncation")
    assert cut["count"] == 60
    assert cut["share"] == 1.0


def test_a_network_is_judged_with_its_probe(heptune, workplace, gpt2):
    data = write_csv(workplace / "few.csv", messages(40))
    told = heptune(
        "run", data, "--model", gpt2, "--out", "run", "--epochs", "1", "--precision", "fp32", "--format", "json"
    ).json
    assert told["test"]["n"] == 40
    assert set(told["baselines"]) == {"majority", "tfidf", "linear-probe"}
    assert {scores["n"] for scores in told["baselines"].values()} == {40}
    assert len(table(Path("run/7_predictions.arrow")).filter(pc.field("split") == "test")) == 80


def test_two_such_runs_are_compared_row_by_row(heptune, few):
    run_tfidf(heptune, few, "one")
    run_tfidf(heptune, few, "two", "--set", "evaluation.baselines=[majority]")
    told = heptune("compare", "one", "two", "--format", "json").json
    assert told["against_first"]["two"]["difference"]["value"] == 0


def test_the_model_of_such_rows_is_no_fair_opponent_on_them(heptune, few):
    """It learnt from them, though its test rows have the same digest."""
    run_tfidf(heptune, few, "one")
    told = run_tfidf(heptune, few, "two", "--against", "one/bundle")
    assert any("it has learnt from some of these" in warning for warning in told["warnings"])


def test_the_other_verbs_see_each_row_once(heptune, few):
    assert heptune("check", few, "--format", "json").json["rows"] == ROWS
    report = heptune("check", few, "--fix", "clean", "--format", "json").json
    assert (report["rows_before"], report["rows_after"]) == (ROWS, ROWS)


def test_an_estimate_tells_of_the_trainings_besides(heptune, few, bert):
    outcome = heptune("run", few, "--model", bert, "--out", "run", "--stop-after", "5", "--estimate")
    assert "10 further trainings follow" in " ".join((outcome.out + outcome.err).split())


@pytest.mark.parametrize("labels", ["ab", "aabb", "aaab", "abc" * 2, "a" * 9 + "b"])
def test_a_handful_of_rows_comes_to_an_end(heptune, workplace, labels):
    rows = [(f"text number {number} of {label}", label) for number, label in enumerate(labels)]
    told = run_tfidf(heptune, write_csv(workplace / "tiny.csv", rows), "run")
    assert told["test"]["n"] == len(labels)
    assert 0 <= told["test"]["accuracy"]["value"] <= 1
