"""A model and a data set by name, from a stand-in Hub: downloaded once, kept at their commit, used without network."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import huggingface_hub
import pytest
from command_line import changes, finish, reused, start
from made_up_data import messages, write_csv, write_json_lines
from stand_in_hub import StandInHub

DATA = "mteb/tweet_sentiment_extraction"
COMMAND = ["run", DATA, "--model", "gpt2", "--sample", "200", "--epochs", "1", "--precision", "fp32"]
RUN = Path("runs/tweet_sentiment_extraction-gpt2")
NAMES = ["negative", "positive"]
SHARDED_SPLITS = tuple(f"data/{split}-00000-of-00001.jsonl" for split in ("train_sft", "test_sft"))
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
    announced = [re.sub(r": [\d.,]+ (bytes|KiB|MiB)$", "", line) for line in outcome.err.splitlines()]
    assert announced == [f"downloading {DATA}", "downloading gpt2"]
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


@pytest.mark.parametrize(
    ("names", "found"),
    [(("test.jsonl", "dev.jsonl"), "validation, test"), (SHARDED_SPLITS, "test_sft, train_sft")],
)
def test_a_data_set_without_a_split_named_train_is_refused_with_its_splits(heptune, hub, dataset, names, found):
    (dataset / "train.jsonl").unlink()
    content = (dataset / "test.jsonl").read_bytes()
    (dataset / "test.jsonl").unlink()
    for name in names:
        (dataset / name).parent.mkdir(exist_ok=True)
        (dataset / name).write_bytes(content)
    hub.push("datasets", DATA, dataset)
    outcome = heptune("run", DATA, "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert (outcome.error["code"], outcome.error["found"]) == ("no_training_split", found)
    assert "--test" in outcome.error["remedy"]
    assert outcome.err == ""  # nothing was downloaded


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
    huggingface_cache = Path(os.environ["HF_HOME"]) / "hub"
    for is_there in (True, False):
        if not is_there:
            shutil.rmtree(huggingface_cache)
        assert heptune(*COMMAND, "--stop-after", "3").code == 0
        assert sources()["model"]["commit"] == first
        assert reused(RUN) == {"goal": True, "sources": is_there, "dataset": True}
    assert all(str(huggingface_cache) in file for file in changes(RUN)["sources"])
    assert heptune(*COMMAND, "--stop-after", "3", "--fresh").code == 0
    assert sources()["model"]["commit"] == second


def test_a_model_that_the_cache_has_lost_is_fetched_again_and_announced(heptune, hub, data):
    command = ["run", data, "--model", "gpt2", "--out", RUN, "--stop-after"]
    assert heptune(*command, "3").code == 0
    shutil.rmtree(Path(os.environ["HF_HOME"]) / "hub")
    outcome = heptune(*command, "4")
    assert outcome.code == 0
    assert "downloading gpt2: " in outcome.out
    assert reused(RUN) == {"goal": True, "sources": True, "dataset": True, "tokens": False}


def test_init_announces_downloads(heptune, hub, workplace):
    outcome = heptune("init", DATA, "--model", "gpt2")
    assert outcome.code == 0
    assert re.search(rf"downloading {DATA}: \d+ KiB", outcome.err)
    assert re.search(r"downloading gpt2: \d+ KiB", outcome.err)


@pytest.mark.parametrize(("splits", "rows"), [(("train", "test"), 60), (("train",), 240), (("validation",), 240)])
def test_test_rows_may_be_a_data_set_of_the_hub(heptune, hub, data, dataset, splits, rows):
    served = "owner/held-out"
    folder = dataset.parent / "held out"
    for split in splits:
        write_json_lines(folder / f"{split}.jsonl", tweets(60 if split == "test" else 240, seed=3))
    first = hub.push("datasets", served, folder)
    write_csv(data, [(text, str(int(label == "good"))) for text, label in messages(120)])
    command = [
        "run",
        data,
        "--test",
        served,
        "--method",
        "tfidf",
        "--out",
        RUN,
        "--stop-after",
        "3",
        "--format",
        "json",
    ]
    outcome = heptune(*command)
    assert outcome.code == 0, outcome.out
    assert outcome.json["result"]["splits"]["test"]["rows"] == rows
    assert sources()["test"] == {"uri": served, "kind": "hub", "commit": first, "licence": None}
    assert {Path(file["path"]).stem for file in sources()["data"]["files"] if file["part"] == "test"} == {splits[-1]}
    fetched = [request for request in hub.requests if "/resolve/" in request and served in request]
    assert not [request for request in fetched if not request.endswith(f"{splits[-1]}.jsonl")]
    (folder / "README.md").write_text("a new card")
    hub.push("datasets", served, folder)
    data.touch()
    assert heptune(*command).code == 0
    assert sources()["test"]["commit"] == first


def test_of_several_splits_none_of_which_is_named_test_none_is_guessed(heptune, hub, data, dataset):
    (dataset / "test.jsonl").rename(dataset / "dev.jsonl")
    hub.push("datasets", DATA, dataset)
    outcome = heptune("run", data, "--test", DATA, "--method", "tfidf", "--format", "json")
    assert (outcome.code, outcome.error["code"], outcome.error["where"]) == (2, "no_test_files", DATA)
    assert outcome.error["found"] == "train, validation"


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
