"""Replayed launches on a GPU lead to the gradients of those that are issued one by one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from methods_at_work import LABELS, QUIET, SETTINGS, easy_rows, learn
from tiny_models import ARCHITECTURES

from heptune.methods.create import create_method

pytestmark = pytest.mark.gpu

SPLITS = {"train": easy_rows(120), "validation": easy_rows(20, seed=1)}


class Opened:
    """A training that is ready to run, with or without replayed launches."""

    def __init__(self, folder, model, **settings):
        folder.mkdir()
        self.method = create_method("full", model, LABELS)
        self.method.encode(SPLITS, folder, max_length=None)
        self.method.initialize(folder, seed=3)
        changes = {"learning_rate": 1e-12, "weight_decay": 0.0, "epochs": 50} | settings
        self.context = self.method._workshop(SPLITS, folder, replace(SETTINGS, **changes), QUIET)

    def __enter__(self):
        self.workshop = self.context.__enter__()
        self.training = self.workshop.training()
        return self

    def __exit__(self, *error):
        self.context.__exit__(*error)

    def step(self, rows):
        """Loss, and the gradients after clipping by name."""
        loss = float(self.training.step(rows))
        weights = self.method.pretrained.classifier.named_parameters()
        return loss, {name: weight.grad.clone() for name, weight in weights if weight.grad is not None}


def batches():
    generator = np.random.default_rng(0)
    drawn = [generator.choice(120, size=8, replace=False) for _number in range(6)]
    return [*drawn, *(batch[:3] for batch in drawn[:3]), *drawn[:2]]


@pytest.mark.parametrize("strength", [0.0, 0.1])
@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_replayed_gradients_are_the_usual_ones(tmp_path, tiny_model, architecture, strength):
    model = tiny_model(architecture)
    options = {"adversarial_strength": strength, "max_gradient_norm": 1e9}
    with (
        Opened(tmp_path / "one", model, **options) as replayed,
        Opened(tmp_path / "two", model, without=("cuda_graphs",), **options) as usual,
    ):
        records = {one.name: one for one in replayed.workshop.prepared.speedups}
        assert records["cuda_graphs"].used, records["cuda_graphs"].why_not
        for rows in batches():
            (loss, gradients), (expected_loss, expected) = replayed.step(rows), usual.step(rows)
            assert loss == pytest.approx(expected_loss, rel=1e-5)
            assert gradients.keys() == expected.keys()
            norm = torch.cat([gradient.flatten() for gradient in expected.values()]).norm()
            difference = torch.cat([(gradients[name] - expected[name]).flatten() for name in expected]).norm()
            assert difference <= 1e-5 * norm
        assert len(replayed.training._learner._replayed._recorded) >= 2  # whole batches, and those of three rows


def test_dropout_is_drawn_anew_and_follows_the_seed(tmp_path, tiny_model):
    with Opened(tmp_path / "one", tiny_model("gpt2")) as replayed:
        network = replayed.method.pretrained.classifier
        for module in network.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.3
        network.train()
        rows = np.arange(8)
        for _meeting in range(3):
            replayed.step(rows)

        def loss(seed):
            torch.manual_seed(seed)
            return replayed.step(rows)[0]

        assert loss(5) == loss(5)
        assert loss(5) != loss(6)


def test_another_precision_is_recorded_anew(tmp_path, tiny_model):
    with Opened(tmp_path / "one", tiny_model("bert"), precision="bf16") as replayed:
        rows = np.arange(8)
        in_bf16 = [replayed.step(rows)[0] for _step in range(4)]
        replayed.training._learner.precision = "fp32"
        in_fp32 = [replayed.step(rows)[0] for _step in range(4)]
        assert len(set(in_fp32)) == 1
        assert in_fp32[0] == pytest.approx(in_bf16[0], rel=2e-2)
        assert in_fp32[-1] != in_bf16[-1]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_training_comes_to_the_same_end(tmp_path, tiny_model, precision):
    splits = {"train": easy_rows(120, classes=2), "validation": easy_rows(20, seed=1, classes=2)}
    options = {"model": tiny_model("bert"), "labels": LABELS[:2], "precision": precision, "epochs": 8}
    replayed = learn(tmp_path / "one", splits, **options).report
    usual = learn(tmp_path / "two", splits, without=("cuda_graphs",), **options).report
    assert usual.history[-1].validation["accuracy"] > 0.9
    assert replayed.history[-1].validation["accuracy"] > 0.9
    assert replayed.history[-1].training_loss == pytest.approx(usual.history[-1].training_loss, abs=0.1)
