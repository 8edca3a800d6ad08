"""A model and a data set by name, from a stand-in Hub: downloaded once, kept at their commit, used without network."""

import json
import re
import sys
from pathlib import Path

import huggingface_hub
import pytest
from command_line import changes, finish, reused, start
from made_up_data import messages, write_json_lines
from stand_in_hub import StandInHub

DATA = "mteb/tweet_sentiment_extraction"
COMMAND = ["run", DATA, "--model", "gpt2", "--sample", "200", "--epochs", "1"]
RUN = Path("runs/tweet_sentiment_extraction-gpt2")
NAMES = ["negative", "positive"]
# Every way out of the process is shut before anything of ours is imported; loopback, too.
REFUSE_SOCKETS = """
import socket, sys
def refuse(*_arguments, **_options):
    sys.stderr.write("a socket was used\\n")
    raise OSError("sockets are refused")
for name in ("connect", "connect_ex", "bind", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse
from heptune.cli.main import main
main(sys.argv[1:])
"""


def tweets(count, *, seed):
    """Rows as the real data set has them."""
    rows = enumerate(messages(count, seed=seed))
    return [
        {"id": f"t{number}", "text": text, "label": int(label == "good"), "label_text": NAMES[label == "good"]}
        for number, (text, label) in rows
    ]


@pytest.fixture
def dataset(tmp_path):
    """The folder of the data set's repository: 300 rows, and a card."""
    folder = tmp_path / "served"
    write_json_lines(folder / "train.jsonl", tweets(240, seed=1))
    write_json_lines(folder / "test.jsonl", tweets(60, seed=2))
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Tweets")
    return folder


@pytest.fixture
def hub(gpt2, dataset, monkeypatch):
    """The stand-in, with HF_ENDPOINT pointing to it."""
    monkeypatch.setenv("NO_PROXY", "*")
    with StandInHub(models={"gpt2": gpt2}, datasets={DATA: dataset}) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running
    huggingface_hub.close_session()


def sources():
    return json.loads((RUN / "2_sources.json").read_text())["result"]


def test_by_name_alone_it_runs_to_the_end_and_again_without_any_network(hub):
    outcome = finish(start(*COMMAND, "--format", "json"))
    assert outcome.code == 0, outcome.out
    assert outcome.err == ""
    content = outcome.json
    assert content["run"] == str(RUN)
    assert content["test"]["n"] == 60
    assert list(content["test"]["per_class"]) == NAMES
    assert sources()["model"]["commit"] == hub.commit("models", "gpt2").sha
    assert sources()["data"]["commit"] == hub.commit("datasets", DATA).sha
    assert sources()["data"]["licence"] == "mit"
    splits = json.loads((RUN / "3_dataset.json").read_text())["result"]["splits"]
    assert sum(splits[name]["rows"] for name in ("train", "validation", "calibration")) == 200

    asked = len(hub.requests)
    offline = {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": ""}
    again = finish(start(*COMMAND, "--fresh", "--format", "json", environment=offline, program=REFUSE_SOCKETS))
    assert again.code == 0, again.out
    assert again.err == ""
    assert not any(reused(RUN).values())
    assert again.json["test"] == content["test"]
    assert sources()["model"]["commit"] == hub.commit("models", "gpt2").sha
    assert len(hub.requests) == asked


def test_downloads_are_announced_with_their_size_and_made_once(heptune, hub):
    outcome = heptune(*COMMAND, "--stop-after", "2")
    assert outcome.code == 0
    assert re.search(rf"downloading {DATA}: \d+ KiB", outcome.out)
    assert re.search(r"downloading gpt2: \d+ KiB", outcome.out)
    assert outcome.out.index("downloading") < outcome.out.index("2 Sources")
    again = heptune(*COMMAND, "--stop-after", "2", "--fresh")
    assert again.code == 0
    assert "downloading" not in again.out


def test_a_branch_that_moves_changes_no_run_that_has_begun(heptune, hub, gpt2, dataset, tmp_path):
    first = hub.commit("models", "gpt2").sha
    assert heptune(*COMMAND, "--stop-after", "3").code == 0
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in gpt2.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    (moved / "README.md").write_text("a new card")
    second = hub.push("models", "gpt2", moved)
    write_json_lines(tmp_path / "other" / "train.jsonl", tweets(100, seed=3))
    hub.push("datasets", DATA, tmp_path / "other")
    for options in ([], ["--set", "sources.method=full"]):
        assert heptune(*COMMAND, "--stop-after", "3", *options).code == 0
        assert sources()["model"]["commit"] == first
    assert reused(RUN) == {"goal": True, "sources": False, "dataset": True}
    assert heptune(*COMMAND, "--stop-after", "3", "--fresh").code == 0
    assert sources()["model"]["commit"] == second


def test_another_revision_is_taken_where_it_is_asked_for_and_named(heptune, hub, gpt2):
    assert heptune(*COMMAND, "--stop-after", "2").code == 0
    sha = hub.commit("models", "gpt2").sha
    assert heptune(*COMMAND, "--stop-after", "2", "--set", f"sources.model_revision={sha}").code == 0
    assert changes(RUN)["sources"] == [f'the setting sources.model_revision (not set → "{sha}")']


def test_the_article_is_found_by_name_with_its_own_settings(heptune, hub):
    outcome = heptune("run", "article", "--stop-after", "5", "--format", "json")
    assert outcome.code == 0, outcome.out
    assert outcome.json["result"]["architecture"] == "GPT2ForSequenceClassification"
    dataset = json.loads((RUN / "3_dataset.json").read_text())
    assert set(dataset["result"]["splits"]) == {"train", "test"}
    assert dataset["inputs"]["dataset.sample"] == dataset["inputs"]["dataset.test_sample"] == "1000"
    assert dataset["inputs"]["dataset.seed"] == "42"
    recipe = (RUN / "recipe.yaml").read_text()
    for setting in ("epochs: 3", "batch_size: 4", "micro_batch_size: 1", "learning_rate: 5.0e-05", "patience: 0"):
        assert setting in recipe
    assert "primary_metric: accuracy" in recipe


def test_a_name_that_the_hub_does_not_know_is_missing(heptune, hub):
    outcome = heptune("run", DATA, "--model", "no-such-model", "--format", "json")
    assert outcome.code == 5
    assert "no-such-model" in json.dumps(outcome.error)


@pytest.mark.skipif(sys.platform == "win32", reason="paths differ")
def test_offline_with_nothing_cached_is_said_at_once(heptune, hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    outcome = heptune(*COMMAND, "--format", "json")
    assert outcome.code == 5
    assert "HF_HUB_OFFLINE" in json.dumps(outcome.error)
    assert hub.requests == []
