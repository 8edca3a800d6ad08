"""An answer or a named error for each text, in their order."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from methods_at_work import LABELS, easy_rows, learn, make_rows, write_bundle

from heptune.bundle import predictor as predictor_module
from heptune.bundle.predictor import Predictor, describe_error
from heptune.errors import UsageError
from heptune.evaluation.metrics import METRICS, find_metric

KINDS = pytest.mark.parametrize("kind", ["tfidf", "bert", "gpt2"])


@KINDS
def test_five_texts_of_which_three_are_empty_get_an_answer_or_a_named_error_each(bundle, kind):
    """C13."""
    predictions = bundle(kind).predictor.predict(["", "   ", "\u200b", "ok", "😀"])
    assert [prediction.error for prediction in predictions] == ["empty_text"] * 3 + [None] * 2
    assert [prediction.label is None for prediction in predictions] == [True] * 3 + [False] * 2
    assert all(prediction.scores == {} and prediction.score is None for prediction in predictions[:3])
    alone = bundle(kind).predictor.predict(["ok"])[0]
    assert predictions[3].scores == pytest.approx(alone.scores, abs=1e-6)


@KINDS
def test_broken_unicode_and_missing_texts_spoil_no_other(bundle, kind):
    predictions = bundle(kind).predictor.predict(["good", "\ud83d half an emoji", None, "\ud800", "bad"])
    errors = [prediction.error for prediction in predictions]
    assert errors == [None, "broken_text", "empty_text", "broken_text", None]
    probabilities = bundle(kind).predictor.predict_proba(["good", "\ud800", None])
    assert np.isnan(probabilities).all(axis=1).tolist() == [False, True, True]


@KINDS
def test_texts_without_any_answer_are_no_special_case(bundle, kind):
    predictor = bundle(kind).predictor
    assert predictor.predict([]) == []
    assert predictor.predict_proba([]).shape == (0, 3)
    assert [prediction.error for prediction in predictor.predict(["", " "])] == ["empty_text"] * 2


@pytest.mark.parametrize("texts", ["good", b"good", None, 1, {"good"}, {"good": "bad"}, np.array([["good"]])])
@KINDS
def test_what_is_no_list_is_refused(bundle, kind, texts):
    for predict in (bundle(kind).predictor.predict, bundle(kind).predictor.predict_proba):
        with pytest.raises(UsageError) as caught:
            predict(texts)
        assert caught.value.code == "no_list"


@pytest.mark.parametrize("texts", [[1], ["good", 2.5], [["good"]], [b"good"]])
@KINDS
def test_what_is_no_text_is_refused(bundle, kind, texts):
    with pytest.raises(UsageError) as caught:
        bundle(kind).predictor.predict(texts)
    assert caught.value.code == "no_texts"


@KINDS
def test_texts_come_as_any_library_holds_them(bundle, kind):
    predictor, texts = bundle(kind).predictor, ["good", None, "bad"]
    wanted = predictor.predict(texts)
    for held in (tuple(texts), iter(texts), np.array(texts, dtype=object), pa.array(texts), pd.Series(texts)):
        assert predictor.predict(held) == wanted
    assert predictor.predict_proba(text for text in texts).shape == (3, 3)


@KINDS
@pytest.mark.parametrize("rows", [0, -1])
def test_a_batch_without_texts_is_refused(bundle, kind, rows):
    with pytest.raises(UsageError) as caught:
        Predictor.open(bundle(kind).folder, most_rows=rows)
    assert caught.value.where == "most_rows"


def test_a_text_in_which_the_tokenizer_finds_nothing_is_named(tiny_model, tmp_path):
    """A tokenizer that strips accents finds nothing in accents alone, which are no white space."""
    learnt = learn(
        tmp_path / "encoded", {"train": make_rows(["good", "bad"], [0, 1])}, model=tiny_model("bert"), epochs=1
    )
    predictions = write_bundle(learnt, tmp_path / "bundle").predict(["\u0301\u0301", "good"])
    assert [prediction.error for prediction in predictions] == ["no_tokens", None]


@KINDS
def test_windows_keep_the_order(bundle, kind, monkeypatch):
    texts = ["good", "", "bad", "the parcel", " ", "ok", "love it"]
    whole = bundle(kind).predictor.predict(texts)
    monkeypatch.setattr(predictor_module, "WINDOW", 2)
    in_windows = bundle(kind).predictor.predict(texts)
    assert [prediction.label for prediction in in_windows] == [prediction.label for prediction in whole]
    assert [prediction.error for prediction in in_windows] == [prediction.error for prediction in whole]


@KINDS
def test_scores_travel_with_names_in_class_order(bundle, kind):
    predictor = bundle(kind).predictor
    texts = ["good", "bad", "the parcel"]
    assert predictor.labels == LABELS
    for prediction, row in zip(predictor.predict(texts), predictor.predict_proba(texts), strict=True):
        assert list(prediction.scores) == list(LABELS)
        assert list(prediction.scores.values()) == pytest.approx(row.tolist())
        assert sum(prediction.scores.values()) == pytest.approx(1)


@pytest.mark.parametrize("most_rows", [1, 3, 16])
def test_the_size_of_a_batch_changes_no_score(bundle, most_rows):
    made = bundle("gpt2")
    texts = ["win a prize now", "ok", " ".join(["bad parcel"] * 30), "good <|endoftext|>", "x", "好"]
    opened = Predictor.open(made.folder, most_rows=most_rows)
    assert opened.predict_proba(texts) == pytest.approx(made.predictor.predict_proba(texts), abs=1e-6)


def test_bf16_answers_nearly_alike(bundle):
    made = bundle("bert")
    texts = ["good", "bad", "the parcel"]
    opened = Predictor.open(made.folder, precision="bf16")
    assert opened.predict_proba(texts) == pytest.approx(made.predictor.predict_proba(texts), abs=0.05)


@pytest.mark.parametrize("precision", ["fp16", "float32", "auto"])
def test_an_unknown_precision_is_refused(bundle, precision):
    with pytest.raises(UsageError) as caught:
        Predictor.open(bundle("bert").folder, precision=precision)
    assert (caught.value.code, caught.value.found) == ("unknown_precision", precision)


@pytest.mark.parametrize("option", [{"precision": "bf16"}, {"precision": "fp32"}, {"most_rows": 4}])
def test_what_has_no_effect_on_a_linear_model_is_refused(bundle, option):
    with pytest.raises(UsageError) as caught:
        Predictor.open(bundle("tfidf").folder, **option)
    assert caught.value.code == "setting_without_effect"
    assert [fault.where for fault in caught.value.faults] == list(option)


@pytest.mark.parametrize("error", ["empty_text", "broken_text", "no_tokens"])
def test_every_error_has_a_sentence(error):
    assert len(describe_error(error).split()) > 3


@pytest.mark.parametrize("metric", ["log_loss", "ece", "macro_f1"])
def test_the_bundle_reproduces_the_validation_scores_of_the_kept_epoch(tiny_model, tmp_path, metric):
    """C17: forty rows and a learning rate that overfits."""
    validation = easy_rows(30, seed=1)
    splits = {"train": easy_rows(40), "validation": validation}
    learnt = learn(tmp_path / "encoded", splits, model=tiny_model("gpt2"), learning_rate=1e-2, metric=metric)
    recorded = [epoch.validation for epoch in learnt.report.history]
    choose = min if find_metric(metric).direction == "minimize" else max
    best = recorded[learnt.report.best_epoch - 1]
    assert best[metric] == choose(epoch[metric] for epoch in recorded)
    predictor = write_bundle(learnt, tmp_path / "bundle")
    probabilities = predictor.predict_proba(validation["text"].to_pylist())
    scores = {name: each.compute(validation["label"].to_numpy(), probabilities) for name, each in METRICS.items()}
    assert scores == pytest.approx(best, abs=1e-5)
