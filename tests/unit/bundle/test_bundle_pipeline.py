"""A bundle opens in plain transformers, and answers there as here."""

import logging

import pytest
from methods_at_work import LABELS, easy_rows, learn, make_rows, write_bundle
from tiny_models import POSITIONS, make_tiny_model, word_piece
from transformers import pipeline

from heptune.bundle.predictor import Predictor
from heptune.modeling.compat import quiet_transformers

ARCHITECTURES = ["bert", "distilbert", "roberta", "gpt2", "llama", "qwen3", "qwen3-embedding", "modernbert"]
TEXTS = [
    "win a prize now",
    "ok",
    "good " * 300,
    "bad parcel " * 40,
    "x" * 3000,
    "Ünïcode, 好的 😀 и кириллица\tand\nlines",
    "a\u200bb\u00a0c\u202ed",
    "<|endoftext|>",
    "good <|endoftext|>",
    "[SEP] good [SEP] [PAD] [CLS]",
    "<s> good </s> <pad>",
    "<|im_end|> [MASK] <unk> [UNK]",
    "{{ not a template }} %s \\n",
    *easy_rows(20, seed=5)["text"].to_pylist(),
]


def open_pipeline(folder, **options):
    with quiet_transformers():
        return pipeline("text-classification", str(folder), truncation=True, **options)


def assert_equal_answers(answers, predictions):
    for answer, prediction in zip(answers, predictions, strict=True):
        assert {entry["label"]: entry["score"] for entry in answer} == pytest.approx(prediction.scores, abs=1e-5)
        assert answer[0]["label"] == prediction.label


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_pipeline_gives_the_same_labels_and_scores(bundle, architecture):
    made = bundle(architecture)
    predictions = made.predictor.predict(TEXTS)
    assert sum(prediction.truncated for prediction in predictions) >= 2
    assert len({round(prediction.score, 4) for prediction in predictions}) > 10  # texts are told apart
    assert_equal_answers(open_pipeline(made.folder, top_k=None)(TEXTS), predictions)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_pipelines_batches_change_nothing(bundle, architecture):
    made = bundle(architecture)
    answers = open_pipeline(made.folder, top_k=None, batch_size=8)(TEXTS)
    assert_equal_answers(answers, made.predictor.predict(TEXTS))


@pytest.mark.parametrize("architecture", ["bert", "gpt2"])
def test_the_pipelines_only_answer_is_the_label(bundle, architecture):
    made = bundle(architecture)
    answers = open_pipeline(made.folder)(TEXTS)
    assert [answer["label"] for answer in answers] == [answer.label for answer in made.predictor.predict(TEXTS)]


def test_opening_it_in_transformers_says_nothing(bundle, caplog, recwarn):
    caplog.set_level(logging.WARNING)
    pipeline("text-classification", str(bundle("gpt2").folder), truncation=True)(["good", "a longer one"])
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert list(recwarn) == []


@pytest.mark.parametrize("architecture", ["bert", "gpt2"])
def test_declared_labels_keep_their_order_and_the_label_names_the_highest_score(tiny_model, tmp_path, architecture):
    """C09: positive,negative is not the order of the alphabet."""
    labels = ("positive", "negative")
    rows = make_rows(["good", "bad", "love it", "awful", "great", "broken", "so good", "so bad"], [0, 1] * 4)
    learnt = learn(tmp_path / "encoded", {"train": rows}, model=tiny_model(architecture), labels=labels, epochs=30)
    predictor = write_bundle(learnt, tmp_path / "bundle", labels)
    texts = rows["text"].to_pylist()
    predictions = predictor.predict(texts)
    assert {prediction.label for prediction in predictions} == set(labels)
    for prediction, probabilities in zip(predictions, predictor.predict_proba(texts), strict=True):
        assert list(prediction.scores) == list(labels)
        assert labels[probabilities.argmax()] == prediction.label == max(prediction.scores, key=prediction.scores.get)
    assert_equal_answers(open_pipeline(tmp_path / "bundle", top_k=None)(texts), predictions)


def test_numbers_with_gaps_come_back_as_labels(tiny_model, tmp_path):
    """C07."""
    labels = ("0", "1", "3", "7")
    rows = make_rows(["good", "bad", "parcel", "phone"] * 4, [0, 1, 2, 3] * 4)
    learnt = learn(tmp_path / "encoded", {"train": rows}, model=tiny_model("gpt2"), labels=labels, epochs=12)
    predictor = write_bundle(learnt, tmp_path / "bundle", labels)
    texts = ["good", "bad", "parcel", "phone"]
    assert [prediction.label for prediction in predictor.predict(texts)] == list(labels)
    assert [answer["label"] for answer in open_pipeline(tmp_path / "bundle")(texts)] == list(labels)


@pytest.mark.parametrize("names", [["标签", "情感"], ["yes: {no}", 'a "b"\\n'], ["LABEL_1", "LABEL_0"], ["1", "0"]])
def test_labels_of_any_kind_survive_in_transformers(tiny_model, tmp_path, names):
    rows = make_rows(["good", "bad"] * 4, [0, 1] * 4)
    learnt = learn(tmp_path / "encoded", {"train": rows}, model=tiny_model("bert"), labels=names, epochs=1)
    predictor = write_bundle(learnt, tmp_path / "bundle", names)
    assert_equal_answers(
        open_pipeline(tmp_path / "bundle", top_k=None)(["good", "bad"]), predictor.predict(["good", "bad"])
    )


def test_a_tokenizer_that_gives_ids_and_mask_only_ships_with_a_bert(tmp_path):
    """C20: a BERT body, which knows segments, with a tokenizer that gives none."""
    model = make_tiny_model(tmp_path / "model", "bert")
    word_piece(model_input_names=["input_ids", "attention_mask"]).save_pretrained(model)
    learnt = learn(tmp_path / "encoded", {"train": easy_rows(12)}, model=model, epochs=1)
    predictor = write_bundle(learnt, tmp_path / "bundle")
    texts = ["good", "a bad phone", "the parcel is late again today"]
    answers = open_pipeline(tmp_path / "bundle", top_k=None)
    assert answers.tokenizer.model_input_names == ["input_ids", "attention_mask"]
    assert_equal_answers(answers(texts), predictor.predict(texts))


def test_a_shorter_limit_than_the_models_is_the_pipelines_too(tiny_model, tmp_path):
    learnt = learn(tmp_path / "encoded", {"train": easy_rows(12)}, model=tiny_model("gpt2"), max_length=8, epochs=1)
    predictor = write_bundle(learnt, tmp_path / "bundle")
    texts = ["good", "good parcel " * 9, "bad " + "phone " * POSITIONS]
    assert [prediction.truncated for prediction in predictor.predict(texts)] == [False, True, True]
    assert_equal_answers(open_pipeline(tmp_path / "bundle", top_k=None)(texts), predictor.predict(texts))


def test_the_network_is_kept_in_fp32(bundle):
    from safetensors.numpy import load_file

    assert {str(weight.dtype) for weight in load_file(bundle("llama").folder / "model.safetensors").values()} == {
        "float32"
    }
    assert Predictor.open(bundle("llama").folder).labels == LABELS
