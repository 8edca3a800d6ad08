"""The weights of the best epoch."""

import torch
from torch import nn


class BestWeights:
    """A copy in memory, 4 bytes a weight, of a network as it once was.

    Args:
        network: It is copied whenever it is the best so far.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._weights: dict[str, torch.Tensor] = {}

    def keep(self) -> None:
        """Copy it as it is now."""
        for name, weight in self._network.state_dict().items():
            if name in self._weights:  # in place: a second copy would be as large as the network
                self._weights[name].copy_(weight)
            else:
                self._weights[name] = weight.detach().clone()

    def restore(self) -> None:
        """Bring back what was kept last, where something was."""
        if self._weights:
            self._network.load_state_dict(self._weights)
