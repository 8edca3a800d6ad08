"""The real data sets beside the project, with the starter, to the end; samples and a single epoch keep it short."""

import json
from pathlib import Path

import pytest

from heptune.hub.starter import REPOSITORY as STARTER
from heptune.hub.starter import find_starter
from heptune.schemas.model_choice import ModelChoice

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(find_starter() is None, reason="the extra `starter` is not installed"),
]
SHORT = ["--sample", "160", "--test-sample", "60", "--epochs", "1", "--set", "tokens.max_length=24", "--out", "run"]


@pytest.fixture(autouse=True)
def one_thread():
    """Several threads wait for each other more than they work, on busy cores above all."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("name", "classes"), [("banking77", 77), ("sst2", 2)])
def test_english_data_run_with_no_option_but_the_path(heptune, shared_data, name, classes):
    outcome = heptune("run", shared_data / name, *SHORT, "--format", "json")
    assert outcome.code == 0
    content = outcome.json
    assert (content["test"]["n"], len(content["test"]["per_class"])) == (60, classes)
    assert not any("starter" in warning for warning in content["warnings"])


def test_chinese_data_run_and_are_told_before_the_training_what_does_better_than_the_starter(heptune, shared_data):
    outcome = heptune("run", shared_data / "waimai_10k" / "waimai_10k.csv", *SHORT)
    assert outcome.code == 0
    assert outcome.out.count("the starter model knows English") == 1
    (line,) = [line for line in outcome.out.splitlines() if "the starter model knows English" in line]
    assert line.strip().startswith("H402  ")
    assert "of the letters here are han" in line
    assert "BAAI/bge-small-zh-v1.5" in outcome.out
    assert "--method tfidf" in outcome.out
    events = [json.loads(line) for line in Path("run/events.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [number for number, event in enumerate(events) if "knows English" in event.get("message", "")]
    trained = [number for number, event in enumerate(events) if event["event"] == "step_started" and event["step"] == 7]
    assert told < trained
    assert "60 test rows" in outcome.out


@pytest.mark.parametrize(
    ("name", "labels", "script", "best", "fit"),
    [
        ("waimai_10k/waimai_10k.csv", 2, "han", "zh", "unfit"),
        ("banking77", 77, "latin", "en", "made_for"),
    ],
)
def test_models_are_ranked_for_real_data(heptune, shared_data, monkeypatch, name, labels, script, best, fit):
    monkeypatch.setattr("heptune.modeling.layer_pace.MOST_SECONDS", 0)
    choice = ModelChoice.model_validate(heptune("models", shared_data / name, "--format", "json").json)
    assert (choice.texts.labels, next(iter(choice.texts.scripts))) == (labels, script)
    assert choice.models[0].model.languages == (best,)
    (starter,) = [ranked for ranked in choice.models if ranked.model.id == STARTER]
    assert (starter.fit, starter.at_hand, starter.lengths.counted) == (fit, True, True)
    assert all(ranked.cost.seconds_high > 0 and ranked.cost.memory_mib > 0 for ranked in choice.models)
    if fit == "unfit":
        above = choice.models[: starter.rank - 1]
        assert all({"zh", "multilingual"} & set(ranked.model.languages) for ranked in above)
