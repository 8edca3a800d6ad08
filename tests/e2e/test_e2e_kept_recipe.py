"""The recipe in a run folder says how the results there were made, and makes them again."""

from pathlib import Path

import pytest
import yaml
from command_line import STEP_NAMES, changes, reused
from made_up_data import messages, write_csv

from heptune.hub import starter

RUN = Path("run")
ALL = dict.fromkeys(STEP_NAMES, True)


@pytest.fixture
def run(heptune, data):
    """Run tfidf on the data with some options."""

    def call(*options, code=0):
        outcome = heptune("run", data, "--method", "tfidf", "--out", RUN, "--format", "json", *options)
        assert outcome.code == code, outcome.out
        return outcome.json

    return call


def recipe():
    return yaml.safe_load((RUN / "recipe.yaml").read_text())


def settings(*options):
    return [part for option in options for part in ("--set", option)]


def test_a_command_that_fails_leaves_the_recipe_of_the_results(run):
    run("--sample", "80")
    before = recipe()
    run("--text-column", "missing", "--seed", "3", code=3)
    assert recipe() == before
    assert run("--sample", "80")["test_scorings"] == 1
    assert reused(RUN) == ALL


def test_steps_done_by_a_command_that_fails_later_have_its_settings(run):
    run("--sample", "80")
    run("--require", "accuracy >= 0.5", "--text-column", "missing", code=3)
    assert recipe()["goal"]["require"] == "accuracy >= 0.5"
    assert (recipe()["dataset"]["text_column"], recipe()["dataset"]["sample"]) == (None, 80)


def test_settings_of_results_that_no_longer_hold_make_way(run):
    run(*settings("evaluation.primary_metric=accuracy"))
    run("--stop-after", "3", "--sample", "80", *settings("evaluation.primary_metric=log_loss"))
    assert (recipe()["dataset"]["sample"], recipe()["evaluation"]["primary_metric"]) == (80, "log_loss")


def test_a_shorter_command_changes_nothing_of_the_steps_behind_it(run):
    run()
    run("--stop-after", "1", "--require", "accuracy >= 0.5", "--sample", "80")
    assert (recipe()["goal"]["require"], recipe()["dataset"]["sample"]) == ("accuracy >= 0.5", None)


def test_auto_stands_there_as_what_it_came_to(heptune, data, bert):
    options = ["--model", bert, "--epochs", "1", *settings("training.warmup_share=0.2"), "--out", RUN]
    assert heptune("run", data, *options, "--format", "json").code == 0
    assert (recipe()["sources"]["method"], recipe()["sources"]["model"]) == ("full", str(bert))
    assert (recipe()["training"]["epochs"], recipe()["training"]["warmup_share"]) == (1, 0.2)
    assert heptune("run", RUN / "recipe.yaml", "--out", RUN, "--format", "json").code == 0
    assert reused(RUN) == ALL


def test_a_recipe_runs_again_on_data_that_bring_their_splits(heptune, workplace):
    for split in ("train", "validation", "test"):
        write_csv(workplace / f"d/{split}.csv", messages(40))
    assert heptune("run", "d", "--method", "tfidf", "--out", RUN, "--format", "json").code == 0
    assert heptune("run", RUN / "recipe.yaml", "--out", RUN, "--format", "json").code == 0
    assert reused(RUN) == ALL


@pytest.mark.skipif(starter.find_starter() is None, reason="the extra `starter` is not installed")
def test_a_starter_that_was_installed_meanwhile_is_taken_and_said(heptune, data, monkeypatch):
    command = ["run", data, "--out", RUN, "--stop-after", "2", "--format", "json"]
    with monkeypatch.context() as patched:
        patched.setattr(starter, "PACKAGE", "no-such-package")
        assert heptune(*command).json["result"]["method"] == "tfidf"
    outcome = heptune(*command)
    assert (outcome.json["result"]["method"], outcome.json["result"]["model"]["uri"]) == ("full", "starter")
    assert changes(RUN)["sources"] == [
        'the setting sources.method ("tfidf" → "full")',
        'the setting sources.model (not set → "starter")',
    ]
    assert recipe()["sources"]["model"] == "starter"


@pytest.mark.parametrize(("test", "file"), [("t.csv", "t.csv"), ("t", "t/test.csv")])
def test_other_test_rows_are_scored_anew(run, workplace, test, file):
    write_csv(workplace / file, messages(30, seed=5))
    first = run("--test", test)
    write_csv(workplace / file, messages(40, seed=6))
    second = run("--test", test)
    assert (first["test"]["n"], second["test"]["n"]) == (30, 40)
    assert changes(RUN)["sources"] == [f"the file {file}"]


def test_languages_given_afterwards_train_nothing_anew(run):
    run()
    run(*settings("goal.languages=[en]"))
    assert reused(RUN) == ALL | {"goal": False}
    run("--fresh", *settings("goal.languages=[en]"))
    assert "language:\n- en\n" in (RUN / "bundle/README.md").read_text()
