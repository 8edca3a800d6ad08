"""AdamW and its learning rate."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from heptune.methods.finetune.optimizer import make_optimizer, make_schedule


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 4)
        self.norm = nn.LayerNorm(4)
        self.linear = nn.Linear(4, 3)
        self.frozen = nn.Parameter(torch.ones(2, 2), requires_grad=False)


def shares(*, steps, warmup_share):
    optimizer = make_optimizer(nn.Linear(1, 1), learning_rate=1.0, weight_decay=0.0)
    schedule = make_schedule(optimizer, steps=steps, warmup_share=warmup_share)
    rates = []
    for _step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def test_vectors_are_not_decayed_and_every_trained_weight_is_in_one_group():
    module = Small()
    decayed, others = make_optimizer(module, learning_rate=1e-3, weight_decay=0.3).param_groups
    assert (decayed["weight_decay"], others["weight_decay"]) == (0.3, 0.0)
    assert {id(weight) for weight in decayed["params"]} == {id(module.embedding.weight), id(module.linear.weight)}
    assert {id(weight) for weight in others["params"]} == {
        id(weight) for weight in (module.norm.weight, module.norm.bias, module.linear.bias)
    }


def test_decay_shrinks_matrices_and_leaves_vectors():
    module = Small()
    before = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    for weight in module.parameters():
        weight.grad = torch.zeros_like(weight) if weight.requires_grad else None
    make_optimizer(module, learning_rate=0.1, weight_decay=0.5).step()
    after = dict(module.named_parameters())
    assert torch.allclose(after["linear.weight"], before["linear.weight"] * 0.95)
    assert torch.equal(after["linear.bias"], before["linear.bias"])
    assert torch.equal(after["norm.weight"], before["norm.weight"])
    assert torch.equal(after["frozen"], before["frozen"])


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 101])
@pytest.mark.parametrize("warmup_share", [0.0, 0.06, 0.1, 0.5, 0.99])
def test_the_rate_rises_then_falls_and_is_never_zero(steps, warmup_share):
    rates = shares(steps=steps, warmup_share=warmup_share)
    top = rates.index(max(rates))
    assert max(rates) == 1.0
    assert all(low < high for low, high in pairwise(rates[: top + 1]))
    assert all(high > low for high, low in pairwise(rates[top:]))
    assert min(rates) > 0
    assert top == max(0, max(1, round(steps * warmup_share)) - 1)


def test_without_warmup_the_rate_falls_as_the_tutorials_do():
    assert shares(steps=4, warmup_share=0.0) == [1.0, 0.75, 0.5, 0.25]


def test_the_rate_is_zero_after_the_last_step():
    optimizer = make_optimizer(nn.Linear(1, 1), learning_rate=1.0, weight_decay=0.0)
    schedule = make_schedule(optimizer, steps=3, warmup_share=0.3)
    for _step in range(3):
        optimizer.step()
        schedule.step()
    assert optimizer.param_groups[0]["lr"] == 0.0
