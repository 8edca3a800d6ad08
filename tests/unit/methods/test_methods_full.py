"""Fine-tuning as a whole: what step 5 says of the model, and that nothing of the libraries leaks out."""

import json
import logging
import shutil
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch
from methods_at_work import LABELS, QUIET, SETTINGS, easy_rows, learn, make_rows
from tiny_models import ARCHITECTURES, edit_json, make_tiny_model
from torch.overrides import TorchFunctionMode
from transformers import BigBirdConfig, BigBirdForMaskedLM

from heptune.errors import InvalidInputError, ResourceError, UsageError
from heptune.methods.finetune import memory_check
from heptune.methods.finetune.full import FullFineTuning
from heptune.modeling.compat import network_at_work, quiet_transformers
from heptune.modeling.pooling import PooledClassifier
from heptune.steps.step7_training.settings import SpeedupName

SPLITS = {"train": easy_rows(12), "validation": easy_rows(6, seed=1)}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_learns_without_a_warning_a_log_record_or_output(tiny_model, tmp_path, caplog, capfd, recwarn, architecture):
    """Warnings are errors here; what libraries catch and show by themselves is looked for besides."""
    caplog.set_level(logging.WARNING)
    learnt = learn(tmp_path / "encoded", SPLITS, model=tiny_model(architecture), epochs=1)
    (tmp_path / "saved").mkdir()
    learnt.method.save(tmp_path / "saved")
    assert np.isfinite(learnt.method.predict_proba(["good", "a much longer text than the other"])).all()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert list(recwarn) == []
    assert capfd.readouterr() == ("", "")


def test_the_model_is_described(tiny_model, tmp_path):
    model = learn(tmp_path, SPLITS, model=tiny_model("gpt2"), epochs=1, model_seed=5).model
    network = learn(tmp_path / "again", SPLITS, model=tiny_model("gpt2"), epochs=1).method.pretrained.classifier.network
    assert model.architecture == "GPT2ForSequenceClassification"
    assert model.head == "new: score.weight"
    assert model.pooling == "last token"
    assert model.parameters == model.trainable_parameters == sum(weight.numel() for weight in network.parameters())
    assert (model.dtype, model.seed) == ("float32", 5)
    assert model.memory_estimate_mib > 16 * model.parameters / 2**20
    assert model.padding_difference < 1e-5


def test_networks_that_pool_by_themselves_are_described_as_such(tiny_model, tmp_path):
    model = learn(tmp_path, SPLITS, model=tiny_model("bert"), epochs=1).model
    assert model.pooling == "as the architecture does by itself"


def ask_for_too_much_memory(*_arguments):
    """The real allocator refuses: no address space is as large."""
    torch.empty(2**50)


def test_want_of_memory_in_training_is_an_error_with_a_remedy(tiny_model, tmp_path):
    method = FullFineTuning(tiny_model("bert"), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    method.pretrained.classifier.network.register_forward_pre_hook(ask_for_too_much_memory)
    with pytest.raises(ResourceError) as caught:
        method.fit(SPLITS, tmp_path, SETTINGS, QUIET)
    assert caught.value.code == "out_of_memory"
    assert "training.micro_batch_size" in caught.value.remedy
    assert "tokens.max_length" in caught.value.remedy
    assert "\n" not in caught.value.found
    with pytest.raises(ResourceError) as caught:
        method.predict_proba(["good"])
    assert caught.value.code == "out_of_memory"


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        MemoryError(),
        RuntimeError("could not create a primitive"),
        RuntimeError("unable to mmap 5 bytes from file <m.safetensors>: Cannot allocate memory (12)"),
        OSError(12, "Cannot allocate memory"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
    ],
)
def test_want_of_memory_of_any_kind_is_an_error(error):
    with pytest.raises(ResourceError) as caught, network_at_work("buy more"):
        raise error
    assert (caught.value.code, caught.value.remedy) == ("out_of_memory", "buy more")


def test_other_faults_of_torch_stay_what_they_are():
    with pytest.raises(RuntimeError, match="size mismatch"), network_at_work("buy more"):
        raise RuntimeError("size mismatch")


def make_big_bird(bert, folder):
    """Its sparse attention is not possible for short texts; it says so when it meets one."""
    shutil.copytree(bert, folder)
    torch.manual_seed(0)
    small = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    vocabulary = len(json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"])
    config = BigBirdConfig(vocab_size=vocabulary, max_position_embeddings=64, pad_token_id=0, **small)
    with quiet_transformers():
        BigBirdForMaskedLM(config).save_pretrained(folder)
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    return folder


def test_what_a_network_says_while_it_computes_is_silenced(tiny_model, tmp_path, caplog, capfd):
    caplog.set_level(logging.WARNING)
    model = make_big_bird(tiny_model("bert"), tmp_path / "model")
    learnt = learn(tmp_path / "encoded", SPLITS, model=model, epochs=1)
    network = learnt.method.pretrained.classifier.network
    network.bert.set_attention_type("block_sparse")  # as it is when a bundle is opened
    learnt.method.predict_proba(["good"])
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    network.bert.set_attention_type("block_sparse")
    network(torch.tensor([[2, 5, 3]]))
    assert "block_sparse" in caplog.text


def test_scores_become_float64_on_the_cpu_only(tiny_model, tmp_path):
    """Apple's GPUs have no float64."""
    learnt = learn(tmp_path, SPLITS, model=tiny_model("bert"), epochs=1)
    with TensorCalls() as calls:
        learnt.method.fit(SPLITS, tmp_path, SETTINGS, QUIET)
        learnt.method.predict_proba(["good"])
    assert calls.names == ["cpu", "double"] * (SETTINGS.epochs + 1)


class TensorCalls(TorchFunctionMode):
    """Notes when tensors are fetched from the device, and when they become float64."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, function, types, arguments=(), options=None):
        if function in (torch.Tensor.cpu, torch.Tensor.double):
            self.names.append(function.__name__)
        return function(*arguments, **(options or {}))


def test_the_fit_report_tells_of_choice_speed_and_padding(tiny_model, tmp_path):
    report = learn(tmp_path, SPLITS, model=tiny_model("bert"), epochs=2, metric="log_loss").report
    assert report.chosen_by == "lowest log_loss on validation"
    assert (report.steps, report.precision, report.device) == (4, "fp32", "cpu")
    assert len(report.history) == 2
    assert 0 <= report.padding_share < 1
    assert report.settings["batch_size"] == 8
    assert report.precision_reason == "as given"
    assert report.peak_memory_mib > 0


def test_validation_rows_without_any_token_choose_nothing(tiny_model, tmp_path):
    splits = {"train": easy_rows(6), "validation": make_rows(["\x01"], [0])}
    report = learn(tmp_path, splits, model=tiny_model("bert"), epochs=2).report
    assert report.best_epoch == 2
    assert report.chosen_by == "the last epoch, as there are no validation rows"


def test_an_unknown_metric_is_refused(tiny_model, tmp_path):
    with pytest.raises(UsageError) as caught:
        learn(tmp_path, SPLITS, model=tiny_model("bert"), metric="eval_f1")
    assert caught.value.code == "unknown_metric"
    for name in ("accuracy", "macro_f1", "log_loss", "ece"):
        assert name in caught.value.expected


def test_a_checkpoint_with_a_fitting_head_keeps_it_and_says_so(tiny_model, tmp_path):
    first = learn(tmp_path / "one", SPLITS, model=tiny_model("distilbert"))
    (tmp_path / "saved").mkdir()
    first.method.save(tmp_path / "saved")
    again = FullFineTuning(tmp_path / "saved", ("negative", "neutral", "positive"))
    (tmp_path / "two").mkdir()
    again.encode(SPLITS, tmp_path / "two", max_length=None)
    assert again.initialize(tmp_path / "two", seed=1).head == "the checkpoint's own"
    texts = SPLITS["train"]["text"].to_pylist()
    assert again.predict_proba(texts) == pytest.approx(first.method.predict_proba(texts), abs=1e-6)


def test_fitting_again_after_initialize_begins_anew(tiny_model, tmp_path):
    learnt = learn(tmp_path, SPLITS, model=tiny_model("gpt2"))
    before = learnt.method.predict_proba(["good", "bad"])
    learnt.method.initialize(tmp_path, seed=42)
    learnt.method.fit(SPLITS, tmp_path, SETTINGS, QUIET)
    assert np.array_equal(learnt.method.predict_proba(["good", "bad"]), before)


def test_a_network_whose_answer_changes_with_padding_is_refused(tiny_model, tmp_path, monkeypatch):
    def reads_the_last_position(self, input_ids, attention_mask):
        return self.network.score(self.network.base_model(input_ids=input_ids).last_hidden_state[:, -1])

    monkeypatch.setattr(PooledClassifier, "forward", reads_the_last_position)
    with pytest.raises(InvalidInputError) as caught:
        learn(tmp_path, SPLITS, model=tiny_model("gpt2"), epochs=1)
    assert caught.value.code == "depends_on_padding"
    assert float(caught.value.found) > 1e-4


def test_bf16_matrix_products_leave_fp32_weights(tmp_path):
    learnt = learn(tmp_path / "encoded", SPLITS, model=make_tiny_model(tmp_path / "model", "bert"), precision="bf16")
    assert learnt.report.precision == "bf16"
    assert {weight.dtype for weight in learnt.method.pretrained.classifier.parameters()} == {torch.float32}


def test_a_tokenizer_of_another_model_is_refused(tiny_model, tmp_path):
    model = make_tiny_model(tmp_path / "model", "bert")
    for path in tiny_model("roberta").glob("tokenizer*"):
        (model / path.name).write_bytes(path.read_bytes())
    with pytest.raises(InvalidInputError) as caught:
        learn(tmp_path / "encoded", SPLITS, model=model)
    assert caught.value.code == "tokenizer_does_not_fit"


def test_an_estimate_leaves_the_network_as_it_was(tiny_model, tmp_path):
    method = FullFineTuning(tiny_model("bert"), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    before = {name: weight.clone() for name, weight in method.pretrained.classifier.state_dict().items()}
    settings = replace(SETTINGS, epochs=3, adversarial_strength=0.1, price_per_hour=3_600.0)
    modes = []
    hook = method.pretrained.classifier.register_forward_pre_hook(lambda module, _inputs: modes.append(module.training))
    estimate = method.estimate(SPLITS, tmp_path, replace(settings, without=("packing",)), QUIET)
    hook.remove()
    assert modes == [True] * 6 or modes == [False, *[True] * 6]
    after = method.pretrained.classifier.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert all(weight.grad is None for weight in method.pretrained.classifier.parameters())
    assert estimate.steps == 6
    assert 0 < estimate.seconds_low < estimate.seconds < estimate.seconds_high
    assert estimate.cost == pytest.approx(estimate.seconds, abs=0.1)


def test_an_estimate_keeps_to_the_limit_of_time(tiny_model, tmp_path):
    method = FullFineTuning(tiny_model("bert"), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    settings = replace(SETTINGS, epochs=1_000_000, max_minutes=0.5)
    estimate = method.estimate(SPLITS, tmp_path, settings, QUIET)
    assert estimate.seconds_low == estimate.seconds == estimate.seconds_high == 30.0


def test_estimate_and_fact_stand_side_by_side(tiny_model, tmp_path):
    told = []
    watch = replace(QUIET, progress=lambda name, **fields: told.append((name, fields)))
    learnt = learn(tmp_path, SPLITS, model=tiny_model("bert"), epochs=1, watch=watch, price_per_hour=2.0)
    report = learnt.report
    assert ("estimate", report.estimate.model_dump(mode="json")) in told
    assert report.estimate.steps == report.steps
    assert report.cost == pytest.approx(2.0 * report.seconds / 3600, abs=1e-4)
    assert 0 < report.matrix_rate_share < 1


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "roberta"])
def test_all_speedups_together_learn_what_the_plain_loop_learns(tiny_model, tmp_path, architecture):
    """Without dropout; AdamW turns rounding into steps, so predictions are compared."""
    names = get_args(SpeedupName)
    model = without_dropout(tiny_model(architecture), tmp_path / "model")
    plain = learn(tmp_path / "plain", SPLITS, model=model, epochs=4, without=names, learning_rate=1e-3)
    fast = learn(tmp_path / "fast", SPLITS, model=model, epochs=4, learning_rate=1e-3)
    assert {speedup.name for speedup in plain.report.speedups} == set(names)
    assert not any(speedup.used for speedup in plain.report.speedups)
    assert {"compact_vocabulary", "packing"} <= {speedup.name for speedup in fast.report.speedups if speedup.used}
    texts = ["good", "a very bad phone", "the parcel is it", "win a prize " * 9]
    difference = plain.method.predict_proba(texts) - fast.method.predict_proba(texts)
    assert np.abs(difference).max() < 1e-3
    table, compact = (
        learnt.method.pretrained.classifier.network.get_input_embeddings().weight for learnt in (plain, fast)
    )
    assert torch.allclose(table, compact, atol=1e-3)


def without_dropout(folder, out):
    shutil.copytree(folder, out)
    names = ("dropout", "attention_dropout", "hidden_dropout_prob", "attention_probs_dropout_prob", "attn_pdrop")
    edit_json(out / "config.json", **dict.fromkeys((*names, "embd_pdrop", "resid_pdrop"), 0.0))
    return out


class TestMemory:
    """By formula: what a batch of 8 rows needs, and what one row needs, of the network whose vocabulary is compact."""

    @pytest.fixture
    def needed(self, tiny_model, tmp_path, monkeypatch):
        asked = []
        formula = memory_check.training_memory_mib
        monkeypatch.setattr(
            memory_check, "training_memory_mib", lambda *given, **named: asked.append(formula(*given, **named)) or 1e9
        )
        with pytest.raises(ResourceError):
            learn(tmp_path / "asked", SPLITS, model=tiny_model("bert"))
        monkeypatch.setattr(memory_check, "training_memory_mib", formula)
        batch, alone = asked[0], asked[1]
        assert alone < batch
        return {"batch": batch, "alone": alone}

    @pytest.mark.parametrize(("part", "remedy"), [("batch", "micro_batch_size=1"), ("alone", "tfidf")])
    def test_what_does_not_fit_is_refused_before_it_starts(
        self, tiny_model, tmp_path, monkeypatch, needed, part, remedy
    ):
        available = needed[part] * 0.9 if part == "alone" else needed["alone"]
        monkeypatch.setattr(memory_check, "WEIGHT_BYTES", 0)
        monkeypatch.setattr(memory_check, "available_mib", lambda _device: available)
        with pytest.raises(ResourceError) as caught:
            learn(tmp_path, SPLITS, model=tiny_model("bert"))
        assert caught.value.code == "does_not_fit"
        assert remedy in caught.value.remedy

    def test_what_fits_is_done_a_batch_or_one_text_at_a_time(self, tiny_model, tmp_path, monkeypatch, needed):
        for most_rows, part in ((None, "batch"), (1, "alone")):
            monkeypatch.setattr(memory_check, "available_mib", lambda _device, part=part: needed[part])
            learnt = learn(tmp_path / part, SPLITS, model=tiny_model("bert"), epochs=1, micro_batch_size=most_rows)
            assert learnt.report.steps == 2
