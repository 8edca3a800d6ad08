"""Dropout whose masks cost little on a CPU.

torch draws a random number of 64 bits for each element and passes it through a distribution. Fifteen bits are enough to
keep an element or not, so one such number serves four; a share of 0.1 becomes 3,277 in 32,768, and what is kept is
scaled by that very share, so that the expected value stays the element's own. The numbers are drawn by numpy's SFC64,
in half of torch's time, from a seed that torch draws. The mask is made of them by arithmetic of whole vectors, where
comparisons and casts from their result go element by element.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from heptune.i18n import Sentence, _

_VALUES = 2**15


def fast_dropout(states: torch.Tensor, share: float) -> torch.Tensor:
    """Return the states, about this share of them 0 and the others scaled up; torch's generator decides which."""
    dropped = round(share * _VALUES)
    if not 0 < dropped < _VALUES:
        return nn.functional.dropout(states, share)
    scale = _VALUES / (_VALUES - dropped)
    # The sign, spread over all bits: -1 for what is dropped, 0 for what is kept.
    sign = _random_values(states.shape).sub_(dropped).bitwise_right_shift_(15)
    return states * sign.to(states.dtype).add_(1).mul_(scale)


def _random_values(shape: torch.Size) -> torch.Tensor:
    """Return numbers from 0 to 32,767, each as likely, int16 of this shape."""
    seed = int(torch.empty((), dtype=torch.int64).random_())
    count = shape.numel()
    drawn = torch.from_numpy(np.random.SFC64(seed).random_raw((count + 3) // 4).view(np.int16))
    return drawn[:count].bitwise_and_(_VALUES - 1).view(shape)


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
