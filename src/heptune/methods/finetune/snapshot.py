"""Weights as they once were, to begin anew from."""

from typing import Any

from torch import nn
from torch.optim import Optimizer


class Snapshot:
    """A copy in memory, 4 bytes a weight, of a network, and how far its schedule was.

    Args:
        network: It is copied.
        optimizer: Of its weights; its moments are not copied.
        schedule: Of the optimizer's learning rate.
    """

    def __init__(self, network: nn.Module, optimizer: Optimizer, schedule: Any) -> None:  # noqa: ANN401 - torch's or accelerate's
        self._network, self._optimizer, self._schedule = network, optimizer, schedule
        self._weights = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
        self._progress = schedule.state_dict()

    def restore(self) -> None:
        """Bring it back; the optimizer begins without moments, as those that it has may not be numbers."""
        self._network.load_state_dict(self._weights)
        self._optimizer.zero_grad()
        self._optimizer.state.clear()
        self._schedule.load_state_dict(self._progress)
        for group, rate in zip(self._optimizer.param_groups, self._schedule.get_last_lr(), strict=True):
            group["lr"] = rate
