"""Speed-ups leave what is learnt as it is, and the network as it was."""

from contextlib import ExitStack

import numpy as np
import pytest
import torch
from networks_at_work import CPU, Ready
from tiny_models import ARCHITECTURES
from torch import nn

from heptune.modeling.layout import Padding
from heptune.modeling.packing.packing import Packing
from heptune.modeling.speedups.compact_vocabulary import CompactVocabulary
from heptune.modeling.speedups.fast_dropout import FastDropout, fast_dropout
from heptune.modeling.speedups.fused_activations import FusedActivations
from heptune.modeling.speedups.kept_memory import KeptMemory

GPU = torch.device("cuda")


@pytest.fixture(params=ARCHITECTURES)
def ready(request, tiny_model, tmp_path):
    return Ready(tiny_model(request.param), tmp_path)


@pytest.fixture
def gpt2(tiny_model, tmp_path):
    return Ready(tiny_model("gpt2"), tmp_path)


def vocabulary(ready):
    return CompactVocabulary(ready.network, np.concatenate(ready.ids), ready.pad_id)


class TestCompactVocabulary:
    @pytest.mark.parametrize("packing", [False, True], ids=["padded", "packed"])
    def test_loss_and_every_gradient_are_those_of_the_whole_table(self, ready, packing):
        layout = ready.packing if packing else ready.padding
        table = ready.network.get_input_embeddings()
        loss, wanted = ready.gradients(layout)
        compact, ids = vocabulary(ready), ready.ids
        assert compact.why_not() is None
        with compact.at_work():
            ready.ids = [compact.numbers[text] for text in ids]
            pad_id = int(compact.numbers[ready.pad_id])
            layout = Packing(ready.classifier, CPU) if packing else Padding(ready.classifier, pad_id, CPU)
            compact_loss, got = ready.gradients(layout)
            assert len(table.weight) < compact.numbers.size
        assert compact_loss == pytest.approx(loss, rel=1e-6)
        size = sum(float(gradient.square().sum()) for gradient in wanted.values()) ** 0.5
        name = next(name for name, weight in ready.classifier.named_parameters() if weight is table.weight)
        used = np.flatnonzero(compact.numbers >= 0)
        whole = torch.zeros_like(wanted[name])
        whole[used] = got.pop(name)[compact.numbers[used]]
        assert float((whole - wanted.pop(name)).norm()) <= 1e-6 * size
        for name, gradient in wanted.items():
            assert float((got[name] - gradient).norm()) <= 1e-6 * size, name

    @pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW])
    def test_the_table_ends_as_if_it_had_been_trained_whole(self, gpt2, optimizer):
        """Rows that do not occur decay all the same."""
        network, table = gpt2.network, gpt2.network.get_input_embeddings()
        start = {name: weight.clone() for name, weight in network.state_dict().items()}

        def train():
            updates = optimizer(network.parameters(), lr=0.05, weight_decay=0.1)
            for _step in range(20):
                gpt2.gradients(gpt2.padding)
                updates.step()
            return table.weight.detach().clone()

        wanted = train()
        network.load_state_dict(start)
        compact = vocabulary(gpt2)
        with compact.at_work():
            gpt2.ids = [compact.numbers[text] for text in gpt2.ids]
            gpt2.padding = Padding(gpt2.classifier, int(compact.numbers[gpt2.pad_id]), CPU)
            train()
        got = table.weight.detach()
        unused = compact.numbers < 0
        assert unused.any()
        assert not torch.equal(wanted[unused], start["transformer.wte.weight"][unused])
        assert torch.allclose(got[unused], wanted[unused], rtol=1e-5, atol=0)
        tolerance = 1e-6 if optimizer is torch.optim.SGD else 1e-3
        assert float((got - wanted).norm() / wanted.norm()) < tolerance

    def test_the_table_is_whole_again_even_after_a_fault(self, ready):
        table = ready.network.get_input_embeddings()
        weight, before = table.weight, table.weight.detach().clone()
        state = (table.padding_idx, table.num_embeddings)
        with pytest.raises(KeyboardInterrupt), vocabulary(ready).at_work():
            raise KeyboardInterrupt
        assert table.weight is weight
        assert torch.equal(weight, before)
        assert (table.padding_idx, table.num_embeddings) == state

    def test_says_where_it_does_not_apply(self, gpt2):
        assert vocabulary(gpt2).why_not() is None
        everything = np.arange(gpt2.network.config.vocab_size)
        assert "whole vocabulary" in CompactVocabulary(gpt2.network, everything, 0).why_not()
        gpt2.network.get_input_embeddings().weight.requires_grad_(False)
        assert "not trained" in vocabulary(gpt2).why_not()
        gpt2.network.config.model_type = "bart"
        assert "architecture" in vocabulary(gpt2).why_not()


class TestFusedActivations:
    def test_loss_and_every_gradient_are_those_of_the_written_out_ones(self, gpt2):
        loss, wanted = gpt2.gradients(gpt2.padding)
        fused = FusedActivations(gpt2.network)
        assert fused.why_not() is None
        with fused.at_work():
            fused_loss, got = gpt2.gradients(gpt2.padding)
        assert fused_loss == pytest.approx(loss, rel=1e-6)
        size = sum(float(gradient.square().sum()) for gradient in wanted.values()) ** 0.5
        assert any(not torch.equal(got[name], gradient) for name, gradient in wanted.items())  # it was at work
        for name, gradient in wanted.items():
            assert float((got[name] - gradient).norm()) <= 1e-6 * size, name
        again = gpt2.gradients(gpt2.padding)[1]
        assert all(torch.equal(again[name], gradient) for name, gradient in wanted.items())

    def test_says_where_it_does_not_apply(self, tiny_model, tmp_path):
        bert = Ready(tiny_model("bert"), tmp_path)
        assert "written out" in FusedActivations(bert.network).why_not()


class TestFastDropout:
    @pytest.mark.parametrize("share", [0.0, 0.1, 0.37, 0.5, 0.9, 1.0])
    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
    def test_drops_its_share_and_keeps_the_expected_value(self, share, dtype):
        torch.manual_seed(0)
        dropped = fast_dropout(torch.ones(401, 499, dtype=dtype), share)
        assert dropped.dtype == dtype
        kept = float((dropped != 0).float().mean())
        assert kept == pytest.approx(1 - share, abs=0.006)
        assert len(dropped.unique()) <= 2
        if share < 1:
            assert float(dropped.double().mean()) == pytest.approx(1, abs=0.02)

    def test_neighbours_are_dropped_independently(self):
        torch.manual_seed(1)
        kept = (fast_dropout(torch.ones(400_000), 0.1) != 0).double()
        for distance in (1, 2, 3, 4, 5):
            together = float((kept[:-distance] * kept[distance:]).mean())
            assert together == pytest.approx(0.81, abs=0.004)

    def test_the_gradient_passes_through_the_same_mask(self):
        states = torch.randn(30, 7, requires_grad=True)
        dropped = fast_dropout(states, 0.3)
        dropped.sum().backward()
        assert torch.equal(states.grad * states.detach(), dropped.detach())

    def test_the_seed_decides(self):
        states = torch.ones(1_000)
        drawn = []
        for seed in (3, 3, 4):
            torch.manual_seed(seed)
            drawn.append(fast_dropout(states, 0.2))
        assert torch.equal(drawn[0], drawn[1])
        assert not torch.equal(drawn[0], drawn[2])

    def test_works_in_training_alone_and_leaves_no_trace(self, gpt2):
        module = next(module for module in gpt2.network.modules() if isinstance(module, nn.Dropout))
        module.train().p = 0.5
        speedup, states = FastDropout(gpt2.network, CPU), torch.ones(2_000)
        assert speedup.why_not() is None

        def draw():
            torch.manual_seed(7)
            return module(states)

        usual = draw()
        with speedup.at_work():
            module.eval()
            assert torch.equal(module(states), states)
            module.train()
            assert not torch.equal(draw(), usual)
        assert torch.equal(draw(), usual)

    def test_says_where_it_does_not_apply(self, gpt2):
        assert "no dropout" in FastDropout(gpt2.network, CPU).why_not()
        assert "CPU" in FastDropout(gpt2.network, GPU).why_not()


class TestKeptMemory:
    def test_is_given_back_afterwards(self):
        assert KeptMemory(CPU).why_not() is None
        with KeptMemory(CPU).at_work():
            blocks = [torch.ones(2**22) for _block in range(4)]
            del blocks
        assert float(torch.ones(2**22).sum()) == 2**22

    def test_says_where_it_does_not_apply(self, monkeypatch):
        assert "accelerator" in KeptMemory(GPU).why_not()
        monkeypatch.setattr("sys.platform", "darwin")
        assert "allocator" in KeptMemory(CPU).why_not()
        with KeptMemory(CPU).at_work():
            pass


def test_all_together_leave_the_network_as_it_was(gpt2):
    before = gpt2.gradients(gpt2.padding)[1]
    with ExitStack() as effects:
        for speedup in (
            KeptMemory(CPU),
            FusedActivations(gpt2.network),
            FastDropout(gpt2.network, CPU),
            vocabulary(gpt2),
        ):
            effects.enter_context(speedup.at_work())
    after = gpt2.gradients(gpt2.padding)[1]
    assert before.keys() == after.keys()
    assert all(torch.equal(after[name], gradient) for name, gradient in before.items())
