"""How texts lie in front of a network: filled up to the longest, or end to end without padding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from heptune.i18n import Sentence, _
from heptune.modeling.batching import pad
from heptune.modeling.packing.packing import Dropout, Packing, why_not_packed
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.transfer import to_device

TokenIds = npt.NDArray[np.int32]
# Probabilities of the two layouts may differ by this much, from the order of sums alone.
TOLERANCE = 1e-4
# Texts that are scored in both before packing is taken.
PROBE_ROWS = 8


class Layout(Protocol):
    """Lays texts in front of a network and scores them."""

    def lay(self, ids: Sequence[TokenIds]) -> Any:  # noqa: ANN401 - what `logits` and `norms` of the same layout take
        """Bring texts to the device, in their order; those of like length should be neighbours."""
        ...

    def logits(self, texts: Any) -> torch.Tensor:  # noqa: ANN401
        """Return class scores of laid texts, `[n, C]` in fp32."""
        ...

    def norms(self, texts: Any, states: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        """Return the norm of each text's states, in a shape that divides the states of all."""
        ...

    def computed_tokens(self, lengths: npt.NDArray[np.int32]) -> int:
        """Return how many tokens the network computes for texts of these lengths."""
        ...


class Padding:
    """Texts as rows of one length, filled up on the right.

    Args:
        classifier: The network with its pooling, or what wraps it.
        pad_id: Token id that fills up.
        device: Where the network is.
    """

    def __init__(self, classifier: PooledClassifier, pad_id: int, device: torch.device) -> None:
        self._classifier = classifier
        self._pad_id = pad_id
        self._device = device

    def lay(self, ids: Sequence[TokenIds]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return token ids `[n, longest]` and their mask."""
        tokens, mask = (to_device(array, self._device) for array in pad(ids, self._pad_id))
        return tokens, mask

    def logits(self, texts: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Return class scores `[n, C]`."""
        logits: torch.Tensor = self._classifier(*texts)
        return logits

    def norms(self, texts: tuple[torch.Tensor, torch.Tensor], states: torch.Tensor) -> torch.Tensor:
        """Return `[n, 1, 1]` for states `[n, longest, d]`."""
        return states.flatten(1).norm(dim=1)[:, None, None]

    def computed_tokens(self, lengths: npt.NDArray[np.int32]) -> int:
        """Return the cells of the rectangle."""
        return len(lengths) * int(lengths.max())


@dataclass(frozen=True, slots=True)
class ChosenLayout:
    """The layout, and why texts are not packed where they are not."""

    layout: Layout
    why_not_packed: Sentence | None = None


def choose_layout(
    classifier: PooledClassifier,
    probe: Sequence[TokenIds],
    *,
    pad_id: int,
    device: torch.device,
    packing: bool = True,
    dropout: Dropout = functional.dropout,
) -> ChosenLayout:
    """Pack texts where the network can read them so, else fill them up.

    Args:
        classifier: The network with its pooling, on the device.
        probe: Some texts; if their scores differ packed, nothing is packed.
        pad_id: Token id that fills up.
        device: Where the network is.
        packing: False never packs.
        dropout: Of the attention weights of packed texts.
    """
    padding = Padding(classifier, pad_id, device)
    if not packing:
        return ChosenLayout(padding, _("as given"))
    reason = why_not_packed(classifier)
    if reason is not None:
        return ChosenLayout(padding, reason)
    packed = Packing(classifier, device, dropout=dropout)
    if not _difference(classifier, packed, padding, probe) <= TOLERANCE:  # it may be no number
        return ChosenLayout(padding, _("packed texts would score differently"))
    return ChosenLayout(packed)


@torch.inference_mode()
def _difference(classifier: PooledClassifier, one: Layout, other: Layout, probe: Sequence[TokenIds]) -> float:
    """Return the largest difference in probability between two layouts."""
    classifier.eval()
    scores = [layout.logits(layout.lay(probe)).softmax(dim=1) for layout in (one, other)]
    return float((scores[0] - scores[1]).abs().max())
