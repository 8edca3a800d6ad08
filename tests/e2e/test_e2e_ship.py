"""From training to a client: the classifier in use gives the labels of the one that was measured."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from command_line import start

TOKEN = "a-token-of-the-tests-0123456789"

pytestmark = [pytest.mark.slow, pytest.mark.shared]


def test_the_tweets_are_labelled_alike_by_file_by_pipeline_by_export_and_by_a_client(shared_data, workplace, heptune):
    from huggingface_hub import InferenceClient
    from transformers import pipeline

    data, tweets = shared_data / "tweet_sentiment_extraction", shared_data / "tweet_sentiment_extraction" / "test.jsonl"
    assert heptune("run", data, "--model", "starter", "--sample", "1000", "--out", "run").code == 0
    assert heptune("export", "run/bundle", "--to", "onnx", "--out", "exported").code == 0
    assert heptune("verify", "exported").code == 0

    def by_file(bundle, *options):
        assert heptune("predict", bundle, tweets, "--out", "answers.jsonl", *options).code == 0
        rows = [json.loads(line) for line in Path("answers.jsonl").read_text(encoding="utf-8").splitlines()]
        name = "predicted_label" if "predicted_label" in rows[0] else "label"
        return [row[name] for row in rows], np.array([list(row["scores"].values()) for row in rows])

    labels, scores = by_file("run/bundle", "--precision", "fp32")
    assert len(labels) == 3_534
    exported_labels, exported_scores = by_file("exported")
    assert np.abs(exported_scores - scores).max() < 1e-4
    assert_same(exported_labels, labels, scores)

    texts = [json.loads(line)["text"] for line in tweets.read_text(encoding="utf-8").splitlines()]
    classify = pipeline("text-classification", "run/bundle", truncation=True, top_k=1)
    by_pipeline = [answer[0] for answer in classify(texts, batch_size=16)]
    assert_same([one["label"] for one in by_pipeline], labels, scores)
    assert np.abs([one["score"] for one in by_pipeline] - scores.max(axis=1)).max() < 1e-5

    process = start("serve", "exported", "--port", "0", environment={"HEPTUNE_TOKEN": TOKEN})
    try:
        address = re.search(r"http://[^ ]*:\d+", process.stderr.readline())[0]
        client = InferenceClient(address, token=TOKEN)
        answers = [client.text_classification(text, top_k=2) for text in texts]
    finally:
        process.kill()
        process.communicate()
    assert {len(answer) for answer in answers} == {2}
    assert_same([answer[0].label for answer in answers], labels, scores)
    assert np.abs([answer[0].score for answer in answers] - scores.max(axis=1)).max() < 1e-4


def assert_same(found, labels, scores):
    """Labels are the same but where the two highest scores are nearer than rounding."""
    highest = np.sort(scores, axis=1)
    apart = highest[:, -1] - highest[:, -2] > 2e-4
    assert [one for one, is_apart in zip(found, apart, strict=True) if is_apart] == [
        one for one, is_apart in zip(labels, apart, strict=True) if is_apart
    ]
    assert apart.mean() > 0.99
