"""How fast training goes: counts over the training steps alone, and the clock that times them."""

import time
from dataclasses import dataclass

import torch


@dataclass(slots=True)
class Throughput:
    """Counted over the training steps alone."""

    seconds: float = 0.0
    rows: int = 0
    tokens: int = 0
    computed_tokens: int = 0
    steps: int = 0


class Clock:
    """Adds the time that passes to a throughput, each time that it is stopped."""

    def __init__(self, throughput: Throughput, device: torch.device) -> None:
        self._throughput = throughput
        self._device = device
        self._since = time.perf_counter()

    def stop(self) -> None:
        """Add the time since the beginning or the last stop, with all that a GPU was given done."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        now = time.perf_counter()
        self._throughput.seconds += now - self._since
        self._since = now
