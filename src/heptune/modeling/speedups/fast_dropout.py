"""Dropout whose masks cost little on a CPU.

torch draws a random number of 64 bits for each element and passes it through a distribution. Sixteen bits are enough to
keep an element or not, so one such number serves four; a share of 0.1 becomes 6,554 in 65,536, and what is kept is
scaled by that very share, so that the expected value stays the element's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn

from heptune.i18n import Sentence, _

_VALUES = 2**16


def fast_dropout(states: torch.Tensor, share: float) -> torch.Tensor:
    """Return the states, about this share of them 0 and the others scaled up; random numbers are torch's own."""
    dropped = round(share * _VALUES)
    if not 0 < dropped < _VALUES:
        return nn.functional.dropout(states, share)
    count = states.numel()
    bits = torch.empty((count + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    drawn = bits.view(torch.int16)[:count].view(states.shape)
    kept = drawn >= dropped - _VALUES // 2
    return states * kept.to(states.dtype).mul_(_VALUES / (_VALUES - dropped))


class FastDropout:
    """Draws the masks of a network's dropout modules fast; see `Speedup`.

    Args:
        network: A `PreTrainedModel`.
        device: Where it is.
    """

    name = "fast_dropout"

    def __init__(self, network: Any, device: torch.device) -> None:  # noqa: ANN401 - untyped library
        self._modules: list[Any] = [
            module for module in network.modules() if type(module) is nn.Dropout and module.p > 0
        ]
        self._device = device

    def why_not(self) -> Sentence | None:
        """Return None on a CPU."""
        if self._device.type != "cpu":
            return _("only CPUs are slow at this")
        return None if self._modules else _("this network has no dropout")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Draw them fast during the block."""
        for module in self._modules:
            module.forward = partial(_forward, module)
        try:
            yield
        finally:
            for module in self._modules:
                del module.forward


def _forward(module: nn.Dropout, states: torch.Tensor) -> torch.Tensor:
    return fast_dropout(states, module.p) if module.training else states
