"""From a sequence to one vector of class scores, by the attention mask and nothing else."""

from typing import Any

import torch
from torch import nn


class PooledClassifier(nn.Module):
    """A sequence classifier whose answer for a text depends on that text alone.

    Decoders of transformers look for the last token that is not the pad id; a text that contains this id would be read
    one token early. Here the last real token is found by the attention mask. Others pool as their architecture does,
    BERT its first token, which needs no help.

    Args:
        network: A `PreTrainedModel` for sequence classification.
    """

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - untyped library
        super().__init__()
        self.network = network
        self.pools_last_token = isinstance(getattr(network, "score", None), nn.Linear)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return class scores (logits) `[n, C]` in fp32.

        Args:
            input_ids: int64 `[n, length]`, filled up on any side.
            attention_mask: 1 for a real token, int64 `[n, length]`.
        """
        input_ids, attention_mask = _filled_up_on_the_right(input_ids, attention_mask)
        if not self.pools_last_token:
            logits: torch.Tensor = self.network(input_ids=input_ids, attention_mask=attention_mask).logits
            return logits.float()
        hidden = self.network.base_model(
            input_ids=input_ids, attention_mask=attention_mask, use_cache=False
        ).last_hidden_state
        last = attention_mask.sum(dim=1) - 1
        pooled = hidden[torch.arange(len(hidden), device=hidden.device), last]
        scores: torch.Tensor = self.network.score(pooled)
        return scores.float()


def _filled_up_on_the_right(input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Move the real tokens to the front: networks count positions from there."""
    length = input_ids.shape[1]
    # Every key is another number, so that no stable sort is needed: ONNX has none.
    keys = torch.arange(length, device=input_ids.device) + length * (1 - attention_mask)
    order = keys.argsort(dim=1)
    return input_ids.gather(1, order), attention_mask.gather(1, order)
