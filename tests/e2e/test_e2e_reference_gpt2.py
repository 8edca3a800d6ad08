"""The reference job's code path: a GPT-2 of full size with random weights, by the article's settings, on 40 tweets."""

import json
import logging
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from heptune.api import run_recipe
from heptune.bundle.predictor import Predictor
from heptune.recipe import make_recipe, read_recipe

pytestmark = [pytest.mark.shared, pytest.mark.slow]
ROWS = 40
PARAMETERS = 124_439_808 + 3 * 768  # the body (the language head is tied to it), and the new head


def cut(source: Path, target: Path) -> None:
    """Copy the first rows of a file of JSON lines."""
    with source.open(encoding="utf-8") as lines:
        target.write_text("".join(islice(lines, ROWS)), encoding="utf-8")


@pytest.fixture
def model(tmp_path, shared_data):
    """A folder as that of `gpt2` on the Hub: its config, random weights, the real tokenizer's two files."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel
    from transformers.utils import logging as transformers_logging

    folder = tmp_path / "gpt2"
    torch.set_num_threads(1)  # on busy cores several threads wait for each other more than they work
    torch.manual_seed(0)
    transformers_logging.disable_progress_bar()
    GPT2LMHeadModel(GPT2Config()).save_pretrained(folder)
    transformers_logging.enable_progress_bar()
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(shared_data.parent / "models" / "gpt2-tokenizer" / name, folder)
    return folder


@pytest.fixture
def tweets(workplace, shared_data):
    """40 rows to learn from and 40 to test on."""
    folder = workplace / "tweets"
    folder.mkdir()
    for name in ("train.jsonl", "test.jsonl"):
        cut(shared_data / "tweet_sentiment_extraction" / name, folder / name)
    return folder


@pytest.fixture
def logged(monkeypatch):
    """Every record that any logger lets through at WARNING or above, whether or not a handler would show it."""
    records = []
    handle = logging.Logger.callHandlers

    def noting(self, record):
        if record.levelno >= logging.WARNING:
            records.append(f"{record.name}: {record.getMessage()}")
        handle(self, record)

    monkeypatch.setattr(logging.Logger, "callHandlers", noting)
    return records


def test_the_reference_job_runs_without_a_warning_and_scores_alike_at_any_batch_size(heptune, model, tweets, logged):
    # A Python warning is an error in all tests.
    outcome = heptune("run", "article", "--model", model, "--set", f"sources.data={tweets}", "--out", "run")
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    assert logged == []
    lines = {line[0]: line for line in outcome.out.splitlines() if line[:1].isdigit()}
    assert "GPT2ForSequenceClassification, 124.4M weights, all trained · new: score.weight" in lines["5"]
    assert "primary metric accuracy" in lines["6"]
    assert "epoch 3 of 3 kept" in lines["7"]

    texts = [row for row in _texts(tweets) if row.strip()] + ["so " * 1_500, "great <|endoftext|> day"]
    alone, together = (Predictor.open(Path("run/bundle"), most_rows=rows) for rows in (1, 32))
    one, many = alone.predict(texts), together.predict(texts)
    assert [answer.label for answer in one] == [answer.label for answer in many]
    assert np.abs(alone.predict_proba(texts) - together.predict_proba(texts)).max() < 1e-5
    assert one[-2].truncated
    assert logged == []


def test_its_settings_are_the_articles(model, tweets):
    sources = {"sources": {"data": str(tweets), "model": str(model)}}
    finished = run_recipe(make_recipe(read_recipe("article"), sources), out=Path("run"), stop_after=5)
    dataset, info = finished.results[2], finished.results[4]
    assert {name: split.rows for name, split in dataset.splits.items()} == {"train": ROWS, "test": ROWS}
    assert info.parameters == PARAMETERS
    assert info.dtype == "float32"


def _texts(folder):
    return [json.loads(line)["text"] for line in (folder / "test.jsonl").read_text(encoding="utf-8").splitlines()]
