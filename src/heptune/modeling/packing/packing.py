"""Texts end to end, without padding, in front of a network."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from heptune.i18n import Sentence, _
from heptune.modeling.packing import attention
from heptune.modeling.packing.families import FAMILIES
from heptune.modeling.packing.packed_texts import PackedTexts, pack, pack_size
from heptune.modeling.pooling import PooledClassifier

# From states and the share of them that is dropped to what is left.
Dropout = Callable[[torch.Tensor, float], torch.Tensor]


def why_not_packed(classifier: PooledClassifier) -> Sentence | None:
    """Return why the texts of this network are not packed, None where they can be."""
    config = classifier.network.config
    if config.model_type not in FAMILIES:
        return _("this architecture is not known to keep packed texts apart")
    if getattr(config, "classifier_pooling", "cls") != "cls":
        return _("this network pools more than one token")
    return None


class Packing:
    """A layout of texts end to end; see `Layout`.

    Args:
        classifier: One that `why_not_packed` has nothing against.
        device: Where the network is.
        dropout: Of the attention weights.
    """

    def __init__(
        self, classifier: PooledClassifier, device: torch.device, *, dropout: Dropout = functional.dropout
    ) -> None:
        network = classifier.network
        self._network = network
        self._device = device
        self._dropout = dropout
        self._pools_last_token = classifier.pools_last_token
        self._family = FAMILIES[network.config.model_type]
        self._first_position = network.config.pad_token_id + 1 if self._family.positions_after_padding else 0
        self._last_layer = _layers(network)[-1]

    def lay(self, ids: Sequence[npt.NDArray[np.int32]]) -> PackedTexts:
        """Lay texts end to end."""
        return pack(ids, self._device)

    def logits(self, texts: PackedTexts) -> torch.Tensor:
        """Return class scores `[texts, C]`."""
        inputs = {
            "input_ids": texts.input_ids,
            "position_ids": texts.position_ids + self._first_position,
            "attention_mask": None,  # else transformers would take the texts for one
            **self._attention(texts),
        }
        with self._reading(texts):
            if not self._pools_last_token:
                logits: torch.Tensor = self._network(**inputs).logits
                return logits.float()
            hidden = self._network.base_model(**inputs, use_cache=False).last_hidden_state
        scores: torch.Tensor = self._network.score(hidden[0, texts.last])
        return scores.float()

    def norms(self, texts: PackedTexts, states: torch.Tensor) -> torch.Tensor:
        """Return `[1, tokens, 1]` for states `[1, tokens, d]`."""
        squares = states[0, : len(texts.owner)].square().sum(dim=1)
        sums = torch.zeros_like(squares[: len(texts.first)]).index_add(0, texts.owner, squares)
        return functional.pad(sums.sqrt()[texts.owner], (0, texts.filling), value=1.0)[None, :, None]

    def computed_tokens(self, lengths: npt.NDArray[np.int32]) -> int:
        """Return the tokens of the texts, and of what fills up."""
        return pack_size(int(lengths.sum()))

    def _attention(self, packed: PackedTexts) -> dict[str, Any]:
        """Return what `packed_attention` takes from us; transformers hands it through."""
        return {"packed": packed, "dropped": self._dropout}

    @contextmanager
    def _reading(self, packed: PackedTexts) -> Iterator[None]:
        config, layer = self._network.config, self._last_layer
        usual = config._attn_implementation
        config._attn_implementation = attention.NAME
        layer.forward = self._forward_of_last_layer(packed)
        try:
            yield
        finally:
            del layer.forward
            config._attn_implementation = usual

    def _forward_of_last_layer(self, packed: PackedTexts) -> Any:  # noqa: ANN401 - a forward function
        pooled = packed.last if self._pools_last_token else packed.first

        def forward(hidden_states: torch.Tensor, *_args: object, **kwargs: Any) -> torch.Tensor:  # noqa: ANN401
            rotation = {"position_embeddings"} & kwargs.keys()
            attended = {"attention_mask": None, **self._attention(packed), **{name: kwargs[name] for name in rotation}}
            rows = self._family.last_layer(self._last_layer, hidden_states, pooled, **attended)
            if self._pools_last_token:
                # GPT-2 asks for the shape that it put in; what is not pooled is not read.
                return torch.zeros_like(hidden_states).index_copy(1, pooled, rows.to(hidden_states.dtype))
            # Encoders read the first token of each row.
            return rows.transpose(0, 1)

        return forward


def _layers(network: Any) -> torch.nn.ModuleList:  # noqa: ANN401 - untyped library
    count = network.config.num_hidden_layers
    lists = (module for module in network.base_model.modules() if isinstance(module, torch.nn.ModuleList))
    return next(found for found in lists if len(found) == count)
