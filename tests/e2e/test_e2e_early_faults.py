"""What is wrong with the settings is said before anything is fetched or written."""

from pathlib import Path

import pytest
from command_line import snapshot
from made_up_data import messages, write_csv
from stand_in_hub import StandInHub

MODEL = ["--model", "owner/model"]


@pytest.fixture
def hub(monkeypatch):
    """A Hub that holds nothing and remembers what it was asked."""
    monkeypatch.setenv("NO_PROXY", "*")
    with StandInHub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running


@pytest.mark.parametrize(
    ("data", "options", "code", "where"),
    [
        ("d.csv", [*MODEL, "--set", "evaluation.primary_metric=f1"], "unknown_metric", "evaluation.primary_metric"),
        ("d.csv", [*MODEL, "--require", "f1 >= 0.5"], "unknown_metric", "goal.require"),
        ("d.csv", [*MODEL, "--set", "goal.task=ordinal"], "task_not_built", "goal.task"),
        ("d.csv", [*MODEL, "--set", "goal.labels=[a, a]"], "bad_labels", "goal.labels"),
        ("d.csv", [*MODEL, "--seed", str(2**64 - 1)], "bad_recipe", ""),
        ("d.csv", [*MODEL, "--set", "dataset.sheet=one"], "setting_without_effect", "d.csv"),
        ("d.csv", [*MODEL, "--set", "sources.data_revision=x"], "setting_without_effect", "sources.data_revision"),
        ("d.csv", [*MODEL, "--test", "t.csv", "--set", "dataset.test_share=0.3"], "setting_without_effect",
         "dataset.test_share"),
        ("owner/data", ["--method", "tfidf", "--epochs", "3"], "setting_without_effect", "training.epochs"),
        ("owner/data", ["--method", "tfidf", "--test", "nowhere.csv"], "missing_path", "nowhere.csv"),
        ("owner/data", ["--method", "tfidf", "--test", "d.txt"], "unknown_format", "d.txt"),
        ("d.txt", MODEL, "unknown_format", "d.txt"),
    ],
)  # fmt: skip
def test_it_is_said_before_anything_is_fetched_or_written(heptune, hub, data, workplace, options, code, where):
    for name in ("d.csv", "t.csv", "d.txt"):
        write_csv(workplace / name, messages(20))
    before = snapshot(workplace)
    outcome = heptune("run", data, *options, "--out", "run", "--format", "json")
    assert outcome.code in (2, 3)
    assert (outcome.error["code"], outcome.error["where"]) == (code, where)
    assert hub.requests == []
    assert snapshot(workplace) == before
    assert not Path("run").exists()


def test_a_seed_that_no_generator_takes_is_refused_in_all_its_places(heptune, data):
    outcome = heptune("run", data, "--method", "tfidf", "--seed", 2**64 - 1, "--format", "json")
    places = [fault["where"] for fault in outcome.error["faults"]]
    assert (outcome.code, places) == (2, ["dataset.seed", "model.seed", "training.seed"])


def test_the_highest_seed_runs(heptune, data, bert):
    assert heptune("run", data, "--method", "tfidf", "--seed", 2**63 - 1, "--format", "quiet").code == 0
    options = ["--seed", 2**63 - 1, "--epochs", "1", "--format", "quiet"]
    assert heptune("run", data, "--model", bert, *options).code == 0


def test_settings_that_the_data_leave_without_effect_are_refused(heptune, workplace):
    for split in ("train", "validation", "test"):
        write_csv(workplace / f"d/{split}.csv", messages(30))
    options = ["--set", "dataset.test_share=0.3", "--set", "dataset.validation_share=0.3"]
    outcome = heptune("run", "d", "--method", "tfidf", *options, "--out", "run", "--format", "json")
    places = [fault["where"] for fault in outcome.error["faults"]]
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")
    assert places == ["dataset.test_share", "dataset.validation_share"]
    options = ["--set", "dataset.validation_share=0"]
    assert heptune("run", "d", "--method", "tfidf", *options, "--stop-after", "3").code == 0
