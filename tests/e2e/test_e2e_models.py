"""`heptune models` lists and ranks; `--model auto` takes the best that is at hand, and says so."""

import csv
import json
from pathlib import Path

import huggingface_hub
import pytest
from command_line import changes, reused
from stand_in_hub import StandInHub

from heptune.estimation.catalogue import catalogue
from heptune.hub import starter
from heptune.hub.models import download_model, resolve_model
from heptune.schemas.model_choice import ModelChoice

STARTER = starter.REPOSITORY
CHINESE_MODEL = "BAAI/bge-small-zh-v1.5"
IDS = {model.id for model in catalogue().models}
WITHOUT_STARTER = pytest.mark.skipif(starter.find_starter() is None, reason="the extra `starter` is not installed")


@pytest.fixture(autouse=True)
def hardly_timed(monkeypatch):
    """One shape is timed, the others follow from it."""
    pytest.importorskip("torch")
    monkeypatch.setattr("heptune.modeling.layer_pace.MOST_SECONDS", 0)


@pytest.fixture
def no_starter(monkeypatch):
    """The package of the starter is not installed."""
    monkeypatch.setattr(starter, "PACKAGE", "no-such-package")


@pytest.fixture
def chinese(workplace):
    """60 reviews of two classes, Chinese but for a word."""
    rows = [
        (f"{'好吃，送得快' if number % 2 else '太慢了，凉了'}，第{number}次 ok", number % 2) for number in range(60)
    ]
    with (workplace / "zh.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("review", "label"), *rows])
    return Path("zh.csv")


@pytest.fixture
def cached_chinese_model(bert, monkeypatch):
    """A stand-in of a Chinese model lies in the cache; the Hub is gone."""
    monkeypatch.setenv("NO_PROXY", "*")
    with StandInHub(models={CHINESE_MODEL: bert}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        model = resolve_model(CHINESE_MODEL)
        download_model(model, lambda _size: None)
    huggingface_hub.close_session()
    return model.commit


def sources(folder="run"):
    return json.loads((Path(folder) / "2_sources.json").read_text(encoding="utf-8"))["result"]


def auto(heptune, data, *options):
    return heptune("run", data, "--model", "auto", "--stop-after", "2", "--out", "run", "--format", "json", *options)


def test_without_data_the_catalogue_is_listed_in_order_of_size(heptune):
    listed = heptune("models", "--format", "json").json
    assert listed["date"] == catalogue().date.isoformat()
    sizes = [model["parameters"] for model in listed["models"]]
    assert (sizes, {model["id"] for model in listed["models"]}) == (sorted(sizes), IDS)
    assert all(score["source"] for model in listed["models"] for score in model["published"])
    shown = heptune("models")
    assert (shown.code, shown.err) == (0, "")
    assert all(name in shown.out for name in IDS)
    assert catalogue().date.isoformat() in shown.out
    assert set(heptune("models", "--format", "quiet").out.split()) == IDS


def test_options_without_data_are_refused(heptune):
    outcome = heptune("models", "--text-column", "a", "--set", "dataset.sheet=b", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "setting_without_effect")
    assert outcome.error["where"] == "--text-column, --set"


@WITHOUT_STARTER
def test_for_chinese_nothing_without_chinese_stands_above_the_starter_which_is_unfit(heptune, chinese):
    outcome = heptune("models", chinese, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    choice = ModelChoice.model_validate(outcome.json)
    assert [ranked.rank for ranked in choice.models] == list(range(1, len(IDS) + 1))
    (place,) = [index for index, ranked in enumerate(choice.models) if ranked.model.id == STARTER]
    assert (choice.models[place].fit, choice.models[place].at_hand) == ("unfit", True)
    assert all({"zh", "multilingual"} & set(ranked.model.languages) for ranked in choice.models[:place])
    assert all(ranked.why and ranked.cost for ranked in choice.models)
    assert (choice.texts.labels, next(iter(choice.texts.scripts))) == (2, "han")
    assert not Path("runs").exists()


def test_people_are_told_why_what_it_takes_and_what_reads_any_script(heptune, chinese):
    shown = heptune("models", chinese).out
    for words in ("made for Chinese", "unfit: does not know han", "MiB", "--estimate", "--method tfidf"):
        assert words in shown


def test_faults_of_the_data_are_those_of_a_run(heptune, chinese):
    assert heptune("models", "nothing.csv", "--format", "json").error["code"] == "missing_path"
    assert heptune("models", chinese, "--text-column", "body", "--format", "json").error["code"] == "missing_column"
    idle = heptune("models", chinese, "--set", "training.epochs=3", "--format", "json")
    assert (idle.code, idle.error["code"], idle.error["found"]) == (2, "setting_without_effect", "training")
    unknown = heptune("models", chinese, "--set", "dataset.nothing=1", "--format", "json")
    assert (unknown.code, unknown.error["code"]) == (2, "bad_recipe")


def test_without_torch_time_and_memory_are_unknown_and_what_to_install_is_said(heptune, chinese, monkeypatch):
    monkeypatch.setattr("heptune.estimation.cost.find_spec", lambda _name: None)
    choice = ModelChoice.model_validate(heptune("models", chinese, "--format", "json").json)
    assert choice.device is None
    assert all(ranked.cost is None for ranked in choice.models)
    assert 'pip install "heptune[train]"' in heptune("models", chinese).out


def test_auto_takes_the_model_at_hand_that_knows_the_script_and_asks_nobody(heptune, chinese, cached_chinese_model):
    outcome = auto(heptune, chinese)
    assert outcome.code == 0
    model = outcome.json["result"]["model"]
    assert (model["uri"], model["commit"]) == (CHINESE_MODEL, cached_chinese_model)
    assert "made for {language}" in json.dumps(sources()["reason"])
    kept = Path("run/recipe.yaml").read_text(encoding="utf-8")
    assert f"model: {CHINESE_MODEL}" in kept
    assert cached_chinese_model in kept
    assert auto(heptune, chinese).code == 0
    assert reused(Path("run"))["sources"]


def test_auto_says_what_changed_when_another_model_is_at_hand(heptune, chinese, no_starter, request):
    assert auto(heptune, chinese).json["result"]["method"] == "tfidf"
    assert "no model at hand suits" in json.dumps(sources()["reason"])
    request.getfixturevalue("cached_chinese_model")
    assert auto(heptune, chinese).json["result"]["method"] == "full"
    assert f'the setting sources.model (not set → "{CHINESE_MODEL}")' in changes(Path("run"))["sources"]


@WITHOUT_STARTER
def test_auto_takes_the_starter_for_english_and_tfidf_for_what_it_does_not_know(heptune, data, chinese):
    assert auto(heptune, data).json["result"]["model"]["uri"] == "starter"
    assert auto(heptune, chinese).json["result"]["model"] is None


def test_auto_with_nothing_at_hand_where_a_model_is_required_names_some(heptune, chinese, no_starter):
    outcome = auto(heptune, chinese, "--method", "full")
    assert (outcome.code, outcome.error["code"]) == (5, "no_fitting_model")
    assert CHINESE_MODEL in outcome.error["remedy"]
    assert "heptune models zh.csv" in outcome.error["remedy"]


def test_auto_has_no_effect_with_tfidf_nor_with_a_revision(heptune, chinese):
    for options, where in (
        (["--method", "tfidf"], "sources.model"),
        (["--set", "sources.model_revision=main"], "sources.model_revision"),
    ):
        outcome = auto(heptune, chinese, *options)
        assert (outcome.code, outcome.error["code"], outcome.error["where"]) == (2, "setting_without_effect", where)


def test_init_writes_what_auto_stands_for(heptune, chinese, no_starter):
    outcome = heptune("init", chinese, "--model", "auto")
    assert outcome.code == 0
    assert outcome.out.startswith("tfidf: no model at hand suits")
    recipe = Path("recipe.yaml").read_text(encoding="utf-8")
    assert 'method: "tfidf"' in recipe
    assert "auto" not in [line.split(": ")[-1].strip('"') for line in recipe.splitlines() if "# " not in line]
    assert heptune("run", "recipe.yaml", "--stop-after", "2").code == 0


def test_the_json_has_the_documented_keys(heptune, chinese):
    page = (Path(__file__).parents[2] / "docs" / "guides" / "exit-codes-and-json.md").read_text(encoding="utf-8")
    (block,) = [block for block in page.split("```json\n")[1:] if "catalogue_date" in block]
    documented = json.loads(block.partition("```")[0])
    printed = heptune("models", chinese, "--format", "json").json
    assert keys_of(printed) == keys_of(documented)


def keys_of(value):
    """Return the nested keys of a JSON value, of lists those of the first entry; scripts differ with the texts."""
    if isinstance(value, list):
        return keys_of(value[0]) if value else None
    return (
        {key: keys_of(inner) for key, inner in value.items() if key != "scripts"} if isinstance(value, dict) else None
    )
