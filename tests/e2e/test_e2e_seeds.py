"""`--seeds`: training alone is repeated, validation chooses, the spread is told."""

from pathlib import Path

import pytest
from made_up_data import messages, write_csv


@pytest.fixture
def train(workplace, heptune, bert):
    """Train on rows of which one epoch teaches enough with some seeds and not with others."""
    data = write_csv(Path("d.csv"), messages(400))
    options = ("--model", bert, "--epochs", 1, "--batch-size", 8, "--learning-rate", "3e-3", "--precision", "fp32")

    def call(folder, seed, *further):
        seeds = ("--set", f"training.seed={seed}", "--set", f"model.seed={seed}")
        return heptune("run", data, *options, *seeds, "--out", folder, *further, "--format", "json").json

    return call


def test_validation_chooses_the_seed_that_ships_and_all_are_told(train, heptune):
    told = train("run", 40, "--seeds", 4)
    seeds = told["seeds"]
    assert [one["seed"] for one in seeds] == [40, 41, 42, 43]
    assert len({one["validation"] for one in seeds}) > 1
    best = max(seeds, key=lambda one: one["validation"])
    assert told["test"]["accuracy"] == best["accuracy"]
    assert told["test_scorings"] == 1
    shown = heptune("show", "run").out
    assert "4 trainings: accuracy" in shown
    assert f"seed {best['seed']}, the best on validation" in shown
    assert "4 trainings: accuracy" in Path("run/report.html").read_text(encoding="utf-8")


def test_each_of_several_is_the_one_alone(train):
    several = train("several", 42, "--seeds", 2)
    for seed in several["seeds"]:
        alone = train(f"alone{seed['seed']}", seed["seed"])
        assert alone["seeds"] == []
        assert alone["test"]["accuracy"] == seed["accuracy"]
        assert alone["test"]["macro_f1"] == seed["macro_f1"]


def test_seeds_of_a_method_without_chance_are_refused(data, heptune):
    outcome = heptune("run", data, "--method", "tfidf", "--seeds", "3", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")
