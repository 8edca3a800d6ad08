"""Memory that a step frees stays with the process for the next step; see `storage.freed_memory`."""

from contextlib import AbstractContextManager

import torch

from heptune.i18n import Sentence, _
from heptune.storage.freed_memory import can_keep_freed_memory, freed_memory_kept


class KeptMemory:
    """Keeps it; see `Speedup`.

    Args:
        device: Where the network computes.
    """

    name = "kept_memory"

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def why_not(self) -> Sentence | None:
        """Return None on a CPU whose system allows it."""
        if self._device.type != "cpu":
            return _("torch keeps an accelerator's memory by itself")
        return None if can_keep_freed_memory() else _("this system's allocator cannot be asked to")

    def at_work(self) -> AbstractContextManager[None]:
        """Keep it during the block and give it back afterwards."""
        return freed_memory_kept()
