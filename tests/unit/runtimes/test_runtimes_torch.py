import threading
import warnings

import numpy as np
import pytest
import torch
from methods_at_work import LABELS
from networks_at_work import TEXTS, Ready
from transformers.utils import logging

from heptune.bundle.predictor import SPEEDUPS, Predictor
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.modeling.batching import batches_by_length
from heptune.modeling.packing.families import FAMILIES
from heptune.modeling.precision import ChosenPrecision
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes import torch_runtime
from heptune.runtimes.torch_runtime import BF16_TOLERANCE, TorchRuntime, choose_scoring_precision

CPU = torch.device("cpu")
ARCHITECTURES = ["bert", "roberta", "distilbert", "modernbert", "gpt2", "qwen3", "llama"]


@pytest.fixture
def make_runtime(tiny_model, tmp_path):
    def make(architecture, **options):
        ready = Ready(tiny_model(architecture), tmp_path / "tokenizer")
        tokenizer = TextTokenizer.open(tmp_path / "tokenizer")
        return TorchRuntime(ready.classifier, tokenizer, device=CPU, **options)

    return make


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_all_speedups_together_change_no_score(make_runtime, architecture):
    plain = make_runtime(architecture, without=SPEEDUPS, most_rows=1).score(TEXTS).probabilities
    fast = make_runtime(architecture).score(TEXTS).probabilities
    assert plain.std(axis=0).min() > 1e-4  # texts are told apart
    assert fast == pytest.approx(plain, abs=1e-6)


def test_what_is_left_out_is_not_at_work(make_runtime):
    runtime = make_runtime("gpt2", without=SPEEDUPS, most_rows=1)
    runtime.score(TEXTS)
    assert {speedup.name: speedup.used for speedup in runtime.record.speedups} == dict.fromkeys(SPEEDUPS, False)


def test_a_fallback_says_why(make_runtime, monkeypatch):
    runtime = make_runtime("bert")
    monkeypatch.delitem(FAMILIES, "bert")
    assert np.isfinite(runtime.score(["good", "a bad parcel"]).probabilities).all()
    (packing,) = (speedup for speedup in runtime.record.speedups if speedup.name == "packing")
    assert not packing.used
    assert str(packing.why_not)


def test_the_same_text_is_scored_once(make_runtime, monkeypatch):
    scored = []

    def noted(lengths, **limits):
        scored.append(len(lengths))
        return batches_by_length(lengths, **limits)

    monkeypatch.setattr(torch_runtime, "batches_by_length", noted)
    scores = make_runtime("bert").score(["good", "bad", "good", "good"])
    assert scored == [2]
    assert np.array_equal(scores.probabilities[[0, 0]], scores.probabilities[[2, 3]])
    assert not np.array_equal(scores.probabilities[0], scores.probabilities[1])


def test_threads_may_share_a_runtime(make_runtime):
    runtime = make_runtime("gpt2", most_rows=2)
    expected = runtime.score(TEXTS).probabilities
    found = []
    threads = [threading.Thread(target=lambda: found.append(runtime.score(TEXTS).probabilities)) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    assert all(np.array_equal(probabilities, expected) for probabilities in found)


def test_two_runtimes_in_threads_leave_the_process_as_it_was(make_runtime):
    before = [*warnings.filters], logging.get_verbosity(), logging.is_progress_bar_enabled()
    runtimes = [make_runtime("gpt2", most_rows=2), make_runtime("bert", most_rows=2)]
    threads = [threading.Thread(target=runtime.score, args=(TEXTS,)) for _each in range(5) for runtime in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([*warnings.filters], logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_no_text_gives_no_score_and_no_comparison(make_runtime):
    runtime = make_runtime("bert")
    assert runtime.score([]).probabilities.shape == (0, len(LABELS))
    assert runtime.bf16_difference([]) is None


@pytest.mark.parametrize(
    ("difference", "fast", "precision"),
    [
        (None, True, "fp32"),
        (BF16_TOLERANCE * 2, True, "fp32"),
        (float("nan"), True, "fp32"),
        (BF16_TOLERANCE / 2, True, "bf16"),
        (BF16_TOLERANCE / 2, False, "fp32"),
    ],
)
def test_bf16_is_taken_where_it_is_fast_and_agrees(monkeypatch, difference, fast, precision):
    known = ChosenPrecision("bf16" if fast else "fp32", _("as given"))
    monkeypatch.setattr(torch_runtime, "choose_precision", lambda _asked, _device: known)
    assert choose_scoring_precision("auto", CPU, bf16_difference=difference).precision == precision


def test_the_difference_is_that_of_the_two_precisions(make_runtime, monkeypatch):
    monkeypatch.setattr(
        torch_runtime, "choose_precision", lambda _asked, _device: ChosenPrecision("bf16", _("as given"))
    )
    runtime = make_runtime("bert")
    scores = [
        make_runtime("bert", precision=ChosenPrecision(precision, _("as given"))).score(TEXTS).probabilities
        for precision in ("fp32", "bf16")
    ]
    assert runtime.bf16_difference(TEXTS) == pytest.approx(float(np.abs(scores[0] - scores[1]).max()))
    assert 0 < runtime.bf16_difference(TEXTS) < 0.1


def test_bf16_that_gives_no_numbers_does_not_agree(make_runtime, monkeypatch):
    monkeypatch.setattr(
        torch_runtime, "choose_precision", lambda _asked, _device: ChosenPrecision("bf16", _("as given"))
    )
    runtime, exact = make_runtime("bert"), TorchRuntime._logits
    monkeypatch.setattr(
        TorchRuntime,
        "_logits",
        lambda self, tokens, precision: exact(self, tokens, "fp32") * (1.0 if precision == "fp32" else np.nan),
    )
    difference = runtime.bf16_difference(TEXTS)
    assert np.isnan(difference)
    assert choose_scoring_precision("auto", CPU, bf16_difference=difference).precision == "fp32"
    assert runtime.bf16_difference([""]) is None


def test_texts_that_come_first_do_not_decide_how_all_are_laid(make_runtime, monkeypatch):
    probes, choose = [], torch_runtime.choose_layout
    monkeypatch.setattr(
        torch_runtime, "choose_layout", lambda *parts, **named: probes.append(parts[1]) or choose(*parts, **named)
    )
    one, many = make_runtime("bert"), make_runtime("bert")
    one.score(["ok"])
    many.score(TEXTS)
    one.score(TEXTS)
    assert len(probes) == 2
    assert len({len(ids) for ids in probes[0]}) > 2
    assert all(np.array_equal(first, second) for first, second in zip(*probes, strict=True))
    assert np.array_equal(one.score(TEXTS).probabilities, many.score(TEXTS).probabilities)


@pytest.mark.parametrize("without", [["haste"], ["packing", "haste"], "haste"])
def test_an_unknown_speedup_is_refused(tmp_path, without):
    with pytest.raises(UsageError) as caught:
        Predictor.open(tmp_path, without=without)
    assert (caught.value.code, caught.value.found) == ("unknown_speedup", "haste")


def test_a_speedup_that_is_no_list_is_refused(tmp_path):
    with pytest.raises(UsageError) as caught:
        Predictor.open(tmp_path, without="packing")
    assert caught.value.expected.startswith("a list of ")
