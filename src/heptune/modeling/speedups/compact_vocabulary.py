"""Training only the rows of the embedding that occur in the texts.

A row without a token gets no gradient, yet the optimizer moves 28 bytes for each of its numbers at every step, and its
zeros are written and summed. The other rows are laid aside; AdamW would only let them decay, by the same factor all of
them, and a row of ones that no text uses finds out that factor. Published with flair (flairNLP/flair pull 3217).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from heptune.i18n import Sentence, _
from heptune.modeling.packing.families import FAMILIES

# Ids up to a pad token below this keep their numbers: RoBERTa counts positions from it.
_LOW_PAD_ID = 1_000


class CompactVocabulary:
    """Lays the unused rows of the embedding aside; see `Speedup`.

    While it is at work, texts are read in new ids: `numbers` holds the new id of every old one.

    Args:
        network: A `PreTrainedModel`.
        used: The ids that occur, int `[n]`.
        pad_id: Token id that fills up.

    Attributes:
        numbers: New id of each old id, int32 `[vocabulary]`; -1 for one that is laid aside.
    """

    name = "compact_vocabulary"

    def __init__(self, network: Any, used: npt.NDArray[np.integer[Any]], pad_id: int) -> None:  # noqa: ANN401
        self._network = network
        self._embedding: nn.Embedding = network.get_input_embeddings()
        low = np.arange(pad_id + 1) if pad_id < _LOW_PAD_ID else np.array([pad_id])
        padding = self._embedding.padding_idx
        own = [] if padding is None else [padding]
        self._used = np.unique(np.concatenate([np.asarray(used, dtype=np.int64), low, own]).astype(np.int64))
        self.numbers = np.full(self._embedding.num_embeddings, -1, dtype=np.int32)
        self.numbers[self._used] = np.arange(len(self._used), dtype=np.int32)

    def why_not(self) -> Sentence | None:
        """Return None where ids mean nothing to the network but rows of its embedding."""
        if self._network.config.model_type not in FAMILIES:
            return _("this architecture may read more from a token's number than its embedding")
        if not self._embedding.weight.requires_grad:
            return _("the embedding is not trained")
        if len(self._used) + 1 >= self._embedding.num_embeddings:
            return _("the texts use the whole vocabulary")
        return None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold only the rows that occur during the block; afterwards all, the others decayed as AdamW would have."""
        embedding = self._embedding
        whole, padding, count = embedding.weight, embedding.padding_idx, embedding.num_embeddings
        used = torch.from_numpy(self._used).to(whole.device)
        decaying = torch.ones(1, whole.shape[1], dtype=whole.dtype, device=whole.device)
        compact = torch.cat([whole.detach()[used], decaying])
        embedding.weight = nn.Parameter(compact)
        embedding.num_embeddings = len(compact)
        embedding.padding_idx = None if padding is None else int(self.numbers[padding])
        try:
            yield
        finally:
            with torch.no_grad():
                learnt = embedding.weight
                whole.mul_(learnt[-1, 0])
                whole[used] = learnt[:-1]
            whole.grad = None
            embedding.weight, embedding.padding_idx, embedding.num_embeddings = whole, padding, count
