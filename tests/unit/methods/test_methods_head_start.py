"""A head that begins as a linear probe: before anything is learnt the network is that probe."""

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from methods_at_work import LABELS, QUIET, SETTINGS, easy_rows, learn
from torch import nn

from heptune.methods.finetune import full
from heptune.methods.finetune.full import FullFineTuning
from heptune.methods.linear_probe.head_file import save_head
from heptune.modeling.last_layer import last_layer
from heptune.storage import spent

SPLITS = {"train": easy_rows(40), "validation": easy_rows(12, seed=1)}
TEXTS = easy_rows(9, seed=2)["text"].to_pylist()
# AdamW's steps are as long as the learning rate: nothing is learnt.
STANDING_STILL = {"epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0}


@pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta", "gpt2", "llama", "qwen3", "modernbert"])
def test_training_begins_with_the_answers_of_the_probe(tiny_model, tmp_path, architecture):
    model = tiny_model(architecture)
    probe = learn(tmp_path / "probe", SPLITS, name="linear-probe", model=model)
    begun = learn(tmp_path / "begun", SPLITS, model=model, head="probe", **STANDING_STILL)
    new = learn(tmp_path / "new", SPLITS, model=model, head="new", **STANDING_STILL)
    wanted = probe.method.predict_proba(TEXTS)
    assert begun.method.predict_proba(TEXTS) == pytest.approx(wanted, abs=1e-5)
    assert not np.allclose(new.method.predict_proba(TEXTS), wanted, atol=1e-2)
    assert (begun.report.settings["head"], new.report.settings["head"]) == ("probe", "new")


def prepare(model, folder):
    method = FullFineTuning(model, LABELS)
    method.encode(SPLITS, folder, max_length=None)
    method.initialize(folder, seed=42)
    return method


def test_a_probe_that_was_fitted_before_is_taken_as_it_is(tiny_model, tmp_path):
    model, settings = tiny_model("bert"), replace(SETTINGS, head="probe", epochs=2)
    probe = learn(tmp_path / "probe", SPLITS, name="linear-probe", model=model)
    save_head(last_layer(probe.method.pretrained.classifier.network), tmp_path)
    answers = []
    for number, fitted in enumerate([tmp_path, None]):
        (folder := tmp_path / str(number)).mkdir()
        method = prepare(model, folder)
        assert method.fit(SPLITS, folder, settings, QUIET, probe=fitted).settings["head"] == "probe"
        answers.append(method.predict_proba(TEXTS))
    assert np.array_equal(*answers)


def test_a_network_without_a_linear_head_begins_with_new_weights_and_says_so(tiny_model, tmp_path):
    method, said = prepare(tiny_model("bert"), tmp_path), []
    network = method.pretrained.classifier.network
    network.classifier = nn.Sequential(network.classifier, nn.Tanh())
    before = network.classifier[0].weight.clone()
    settings, watch = replace(SETTINGS, head="probe", **STANDING_STILL), replace(QUIET, notice=said.append)
    assert method.fit(SPLITS, tmp_path, settings, watch).settings["head"] == "new"
    assert torch.allclose(network.classifier[0].weight, before, atol=1e-9)
    assert said == ["the head begins with new weights: this network has no linear head for a probe"]


def test_with_many_labels_it_is_the_default_but_for_a_head_that_the_model_brings(tiny_model, tmp_path):
    labels = [f"label {number}" for number in range(60)]
    first = learn(tmp_path / "first", SPLITS, model=tiny_model("bert"), labels=labels, epochs=1)
    (tmp_path / "saved").mkdir()
    first.method.save(tmp_path / "saved")
    again = learn(tmp_path / "again", SPLITS, model=tmp_path / "saved", labels=labels, **STANDING_STILL)
    assert (first.report.settings["head"], again.report.settings["head"]) == ("probe", "new")
    assert again.method.predict_proba(TEXTS) == pytest.approx(first.method.predict_proba(TEXTS), abs=1e-5)


def test_few_labels_begin_with_a_new_head(tiny_model, tmp_path):
    assert learn(tmp_path, SPLITS, model=tiny_model("bert"), epochs=1).report.settings["head"] == "new"


def test_the_time_of_the_probe_is_foretold_and_counted(tiny_model, tmp_path, monkeypatch):
    """The clock jumps ahead by a thousand seconds while the probe is fitted."""
    ahead, fit_probe = [0.0], full.start_from_probe

    def slow(*parts, **named):
        ahead[0] += 1_000
        return fit_probe(*parts, **named)

    monkeypatch.setattr(full, "start_from_probe", slow)
    monkeypatch.setattr(spent, "time", SimpleNamespace(perf_counter=lambda: time.perf_counter() + ahead[0]))
    begun, new = (
        learn(tmp_path / head, SPLITS, model=tiny_model("bert"), epochs=1, head=head).report
        for head in ("probe", "new")
    )
    for seconds in (begun.estimate.seconds_low, begun.estimate.seconds, begun.estimate.seconds_high, begun.seconds):
        assert 1_000 < seconds < 2_000
    assert new.estimate.seconds_high < 1_000
    assert new.seconds < 1_000
