"""An exported bundle answers as the bundle does, text by text, whatever stands beside a text."""

import threading

import numpy as np
import pytest
from methods_at_work import easy_rows

from heptune.bundle.predictor import Predictor
from heptune.errors import InvalidInputError, UsageError
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes import onnx_runtime
from heptune.runtimes.onnx_runtime import OnnxRuntime

FAMILIES = pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
TARGETS = pytest.mark.parametrize("to", ["onnx", "onnx-int8"])
TEXTS = [
    "win a prize now",
    "ok",
    "good " * 300,
    "bad parcel " * 40,
    "x" * 500,
    "Ünïcode, 好的 😀",
    "good <|endoftext|>",
    "[SEP] good [SEP] [PAD] [CLS]",
    "<s> good </s> <pad>",
    *easy_rows(12, seed=5)["text"].to_pylist(),
]


@FAMILIES
def test_fp32_gives_the_scores_of_the_network(exported, architecture):
    made = exported(architecture)
    wanted = made.original.predict_proba(TEXTS)
    assert wanted.std(axis=0).min() > 0.005  # texts are told apart
    assert made.predictor.predict_proba(TEXTS) == pytest.approx(wanted, abs=1e-4)


@FAMILIES
@TARGETS
def test_a_text_is_answered_for_itself_alone(exported, architecture, to):
    """C11: alone, beside a long text, in any batch, in any order."""
    predictor = exported(architecture, to).predictor
    alone = np.concatenate([predictor.predict_proba([text]) for text in TEXTS])
    assert predictor.predict_proba(TEXTS) == pytest.approx(alone, abs=1e-4)
    order = np.random.default_rng(0).permutation(len(TEXTS))
    assert predictor.predict_proba([TEXTS[row] for row in order]) == pytest.approx(alone[order], abs=1e-4)
    for most_rows in (1, 3, 16):
        opened = Predictor.open(exported(architecture, to).folder, most_rows=most_rows)
        assert opened.predict_proba(TEXTS) == pytest.approx(alone, abs=1e-4)


@FAMILIES
def test_neither_the_amount_nor_the_side_of_padding_nor_its_token_matters(exported, architecture):
    """C11, at the graph itself: padded to 8, 64 and the maximum, on either side, with any token."""
    folder = exported(architecture).folder
    runtime, tokenizer = OnnxRuntime.open(folder), TextTokenizer.open(folder)
    (ids,) = tokenizer.encode(["win a prize now"]).ids
    wanted = run_graph(runtime, ids)
    for length in (len(ids) + 1, 32, tokenizer.max_length):
        for pad_id in (tokenizer.pad_id, int(ids[-1]), 7):
            missing = length - len(ids)
            for left, right in ((0, missing), (missing, 0)):
                padded = np.pad(ids, (left, right), constant_values=pad_id)
                mask = np.pad(np.ones_like(ids), (left, right))
                assert run_graph(runtime, padded, mask) == pytest.approx(wanted, abs=1e-4)


def run_graph(runtime, ids, mask=None):
    mask = np.ones_like(ids) if mask is None else mask
    feed = {"input_ids": ids[None].astype(np.int64), "attention_mask": mask[None].astype(np.int64)}
    return runtime._session.run(None, feed)[0]


@FAMILIES
def test_texts_are_cut_where_the_network_cuts_them(exported, architecture):
    made = exported(architecture)
    cut = [prediction.truncated for prediction in made.predictor.predict(TEXTS)]
    assert cut == [prediction.truncated for prediction in made.original.predict(TEXTS)]
    assert sum(cut) >= 2


@FAMILIES
@TARGETS
def test_five_texts_of_which_three_are_empty_get_an_answer_or_a_named_error_each(exported, architecture, to):
    """C13."""
    predictions = exported(architecture, to).predictor.predict(["", "   ", "\u200b", "ok", "😀"])
    assert [prediction.error for prediction in predictions] == ["empty_text"] * 3 + [None] * 2


def test_a_text_without_tokens_is_nan_and_spoils_no_other(exported):
    made = exported("bert")
    scores = OnnxRuntime.open(made.folder).score(["\u0301\u0301", "good", "\u0301"])
    assert scores.without_tokens.tolist() == [True, False, True]
    assert np.isnan(scores.probabilities).all(axis=1).tolist() == [True, False, True]
    assert OnnxRuntime.open(made.folder).score([]).probabilities.shape == (0, 3)


@TARGETS
def test_one_class_order_everywhere(exported, to):
    """C09: the labels were declared in another order than the alphabet's."""
    made = exported("bert", to)
    assert made.predictor.labels == made.original.labels == ("positive", "negative", "neutral")
    for prediction, row in zip(made.predictor.predict(TEXTS), made.predictor.predict_proba(TEXTS), strict=True):
        assert list(prediction.scores) == list(made.predictor.labels)
        assert list(prediction.scores.values()) == pytest.approx(row.tolist())
        assert prediction.label == max(prediction.scores, key=prediction.scores.__getitem__)
    if to == "onnx":
        labels = [prediction.label for prediction in made.original.predict(TEXTS)]
        assert [prediction.label for prediction in made.predictor.predict(TEXTS)] == labels
        assert len(set(labels)) > 1


def test_the_same_text_is_scored_once(exported, monkeypatch):
    scored, batches = [], onnx_runtime.batches_by_length

    def noted(lengths, **limits):
        scored.append(len(lengths))
        return batches(lengths, **limits)

    monkeypatch.setattr(onnx_runtime, "batches_by_length", noted)
    scores = OnnxRuntime.open(exported("bert").folder).score(["good", "bad", "good", "good"])
    assert scored == [2]
    assert np.array_equal(scores.probabilities[[0, 0]], scores.probabilities[[2, 3]])


def test_threads_may_share_a_runtime(exported):
    runtime = OnnxRuntime.open(exported("gpt2").folder, most_rows=2)
    expected, found = runtime.score(TEXTS).probabilities, []
    threads = [threading.Thread(target=lambda: found.append(runtime.score(TEXTS).probabilities)) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    assert all(np.array_equal(probabilities, expected) for probabilities in found)


@pytest.mark.parametrize("option", [{"precision": "bf16"}, {"precision": "fp32"}, {"without": ["packing"]}])
def test_what_has_no_effect_on_an_export_is_refused(exported, option):
    with pytest.raises(UsageError) as caught:
        Predictor.open(exported("bert").folder, **option)
    assert caught.value.code == "setting_without_effect"
    assert [fault.where for fault in caught.value.faults] == list(option)


@TARGETS
def test_it_says_how_it_scores(exported, to):
    record = exported("bert", to).predictor.scoring
    assert (record.precision, record.speedups) == ("fp32" if to == "onnx" else "int8", ())


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\x0a"])
def test_a_damaged_graph_is_an_error_that_names_it(copied, content):
    (copied / "model.onnx").write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        Predictor.open(copied, check=False)
    assert (caught.value.code, caught.value.where) == ("bad_bundle", str(copied / "model.onnx"))
    with pytest.raises(InvalidInputError) as caught:
        Predictor.open(copied)
    assert [fault.where for fault in caught.value.faults] == ["model.onnx"]


def test_a_graph_of_somebody_else_is_refused(copied):
    import onnx
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 3]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "other", ends[:1], ends[1:])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), copied / "model.onnx"
    )
    with pytest.raises(InvalidInputError) as caught:
        Predictor.open(copied, check=False)
    assert caught.value.found == "x"
