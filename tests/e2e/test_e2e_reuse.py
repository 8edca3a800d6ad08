"""The same command again does nothing twice; what is done again is said, with the input that changed."""

import gzip
import json
from pathlib import Path

import pytest
from command_line import STEP_FILES, STEP_NAMES, changes, events, reused, snapshot, step_files
from made_up_data import messages, write_csv

ALL = dict.fromkeys(STEP_NAMES, True)
NONE = dict.fromkeys(STEP_NAMES, False)
RUN = Path("runs/d-tfidf")


@pytest.fixture
def run(heptune, data):
    """Run tfidf on the data with some options, and return the object that it prints."""

    def call(*options):
        outcome = heptune("run", data, "--method", "tfidf", "--format", "json", *options)
        assert outcome.code == 0, outcome.out
        return outcome.json

    return call


def scorings(content):
    return content["test_scorings"]


@pytest.mark.parametrize("step", range(1, 8))
def test_stop_after_leaves_exactly_that_many_step_files(run, step):
    run("--stop-after", step)
    assert step_files(RUN) == list(STEP_FILES[:step])
    assert (RUN / "recipe.yaml").is_file()


def test_a_stopped_run_goes_on_where_it_stopped(run):
    run("--stop-after", 3)
    run()
    assert reused(RUN) == {name: name in STEP_NAMES[:3] for name in STEP_NAMES}


def test_the_same_command_again_reuses_all_and_scores_the_test_rows_no_second_time(run):
    first = run()
    files = snapshot(RUN)
    second = run()
    assert reused(RUN) == ALL
    assert snapshot(RUN) == files
    assert first["test"] == second["test"]
    assert scorings(first) == scorings(second) == 1


def test_test_rows_that_are_scored_again_are_counted_in_whichever_folder(run):
    assert [scorings(run("--out", folder)) for folder in ("one", "two", "three")] == [1, 2, 3]
    assert scorings(run("--fresh", "--out", "one")) == 4


def test_fresh_reuses_nothing_and_gives_the_same(run):
    first = run()
    second = run("--fresh")
    assert reused(RUN) == NONE
    assert first["test"] == second["test"]
    assert changes(RUN) == {name: [] for name in STEP_NAMES}


@pytest.mark.parametrize(
    ("options", "step", "says", "untouched"),
    [
        (["--set", "dataset.test_share=0.3"], "dataset", "the setting dataset.test_share (not set → 0.3)", 2),
        (["--sample", "60"], "dataset", "the setting dataset.sample (not set → 60)", 2),
        (["--set", "model.seed=7"], "model", "the setting model.seed (42 → 7)", 4),
        (["--set", "evaluation.primary_metric=log_loss"], "evaluation", "the setting evaluation.primary_metric", 5),
    ],
)
def test_a_changed_setting_is_named_and_what_lies_before_it_is_reused(run, options, step, says, untouched):
    run()
    run(*options)
    assert says in changes(RUN)[step][0]
    assert all(reused(RUN)[name] for name in STEP_NAMES[:untouched])
    assert not reused(RUN)[step]


def test_a_changed_file_is_named(run, heptune, data):
    run()
    write_csv(data, messages(130))
    outcome = heptune("run", data, "--method", "tfidf")
    assert outcome.code == 0
    assert "done again: the file d.csv changed" in outcome.out
    assert changes(RUN)["sources"] == ["the file d.csv"]
    assert changes(RUN)["dataset"] == ["the result of step 2 (sources)"]
    assert reused(RUN)["goal"]


def test_a_file_that_was_only_touched_costs_no_training(run, data):
    run()
    data.touch()
    run()
    assert changes(RUN)["sources"] == ["the file d.csv"]
    assert reused(RUN) == ALL | {"sources": False}


def test_a_changed_version_is_named(run, monkeypatch):
    run()
    path = RUN / "6_evaluation.json"
    stored = json.loads(path.read_text())
    stored["inputs"]["version:scikit-learn"] = "1.0"
    path.write_text(json.dumps(stored))
    run()
    assert "the version of scikit-learn (1.0 →" in changes(RUN)["evaluation"][0]


@pytest.mark.parametrize(
    ("name", "step"),
    [("bundle/tfidf.safetensors", "training"), ("7_predictions.arrow", "training"), ("dataset/train.arrow", "dataset")],
)
def test_a_damaged_artifact_is_named_and_made_again(run, name, step):
    run()
    whole = snapshot(RUN)
    path = RUN / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    run()
    assert changes(RUN)[step] == [f"{name.split('/')[0]} in the run folder"]
    assert snapshot(RUN)[name] == whole[name]


def test_a_requirement_given_afterwards_or_changed_trains_nothing_anew(run, heptune, data):
    first = run()
    second = run("--require", "macro_f1 >= 0.6")
    assert second["verdict"] == "met"
    assert reused(RUN) == ALL | {"goal": False, "evaluation": False}
    assert scorings(second) == 1
    assert second["test"] == first["test"]
    outcome = heptune("run", data, "--method", "tfidf", "--require", "macro_f1 >= 0.999", "--format", "json")
    assert (outcome.code, outcome.json["verdict"]) == (4, "inconclusive")
    assert reused(RUN) == ALL | {"goal": False}


def test_a_requirement_on_another_metric_chooses_the_epoch_anew_and_says_so(run):
    run()
    assert run("--require", "accuracy >= 0.6")["verdict"] == "met"
    assert changes(RUN)["training"] == ["the result of step 6 (evaluation)"]


def test_the_seed_moves_sample_split_and_training_together(run):
    run("--seed", 7, "--sample", 60, "--out", "seven")
    recipe = Path("seven/recipe.yaml").read_text()
    assert recipe.count("seed: 7\n") == 3
    stored = {number: json.loads((Path("seven") / STEP_FILES[number - 1]).read_text()) for number in (3, 5, 7)}
    assert stored[3]["inputs"]["dataset.seed"] == "7"
    assert stored[5]["result"]["seed"] == 7
    assert stored[7]["inputs"]["training.seed"] == "7"
    run("--seed", 8, "--sample", 60, "--out", "eight")
    other = json.loads(Path("eight/3_dataset.json").read_text())
    for split in ("train", "test"):
        assert other["result"]["splits"][split]["sha256"] != stored[3]["result"]["splits"][split]["sha256"]


def test_the_same_seed_gives_the_same_bytes(run):
    run("--seed", 7, "--out", "one")
    run("--seed", 7, "--out", "two")
    for name in ("bundle/tfidf.safetensors", "bundle/heptune.json", "7_predictions.arrow", "dataset/train.arrow"):
        assert (Path("one") / name).read_bytes() == (Path("two") / name).read_bytes(), name


@pytest.mark.parametrize("options", [[], ["--sample", "80", "--seed", "3", "--require", "accuracy >= 0.6"]])
def test_the_resolved_recipe_runs_again_to_the_same_results(run, heptune, options):
    first = run(*options)
    again = heptune("run", RUN / "recipe.yaml", "--format", "json")
    assert again.code == 0, again.out
    assert reused(RUN) == ALL
    elsewhere = heptune("run", RUN / "recipe.yaml", "--out", "elsewhere", "--format", "json").json
    for key in ("test", "baselines", "comparisons", "verdict"):
        assert first[key] == again.json[key] == elsewhere[key]


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["d.csv", "--method", "tfidf"], "runs/d-tfidf"),
        (["a folder/my data.csv", "--method", "tfidf"], "runs/my-data-tfidf"),
        (["a folder", "--method", "tfidf"], "runs/a-folder-tfidf"),
        (["e.CSV.gz", "--method", "tfidf"], "runs/e-tfidf"),
        (["d.csv", "--model", "models/some.model/", "--stop-after", "1"], "runs/d-some.model"),
        (["d.csv", "--model", "owner/name-1.5", "--stop-after", "1"], "runs/d-name-1.5"),
        (["d.csv", "--method", "full", "--stop-after", "1"], "runs/d-starter"),
        (["d.csv", "--method", "linear-probe", "--stop-after", "1"], "runs/d-starter-linear-probe"),
        (["sample:english", "--method", "tfidf"], "runs/english-tfidf"),
    ],
)
def test_a_run_folder_is_called_after_data_and_model(heptune, data, workplace, arguments, folder):
    path = write_csv(workplace / "a folder/my data.csv", messages(60))
    (workplace / "e.CSV.gz").write_bytes(gzip.compress(path.read_bytes()))
    outcome = heptune("run", "--stop-after", "2", "--format", "quiet", *arguments)
    assert (outcome.code, outcome.out.strip()) == (0, folder)


def test_events_are_only_ever_appended(run):
    run()
    before = (RUN / "events.jsonl").read_text()
    run("--seed", 9)
    after = (RUN / "events.jsonl").read_text()
    assert after.startswith(before)
    assert len(events(RUN, "step_started")) == 14


def test_show_leaves_out_steps_of_an_earlier_run(heptune, data):
    heptune("run", data, "--method", "tfidf", "--out", RUN)
    heptune("run", data, "--method", "tfidf", "--out", RUN, "--seed", "5", "--stop-after", "3")
    shown = heptune("show", RUN, "--format", "json")
    assert (shown.code, shown.json["step"]) == (0, 3)
