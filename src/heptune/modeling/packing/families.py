"""The architectures whose texts can be packed, and the last layer of each for the pooled tokens alone.

Of the last layer nothing is read but the pooled tokens; the others give it keys and values. Behind the attention a
layer treats every token by itself, so the pooled ones are computed exactly. What is written here follows transformers'
own forward functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

# From layer, hidden states `[1, tokens, d]`, pooled tokens `[texts]` and what its attention takes to `[1, texts, d]`.
PooledLayer = Callable[..., torch.Tensor]


@dataclass(frozen=True, slots=True)
class Family:
    """How an architecture is packed.

    Attributes:
        last_layer: Its last layer for the pooled tokens alone.
        positions_after_padding: Its positions count from the pad token's id on, as fairseq's do.
    """

    last_layer: PooledLayer
    positions_after_padding: bool = False


def _bert(layer: Any, hidden: torch.Tensor, pooled: torch.Tensor, **attention: Any) -> torch.Tensor:  # noqa: ANN401
    attended, _weights = layer.attention.self(hidden, **attention)
    attended = layer.attention.output(attended[:, pooled], hidden[:, pooled])
    return layer.feed_forward_chunk(attended)


def _distilbert(layer: Any, hidden: torch.Tensor, pooled: torch.Tensor, **attention: Any) -> torch.Tensor:  # noqa: ANN401
    attended, _weights = layer.attention(hidden, **attention)
    attended = layer.sa_layer_norm(attended[:, pooled] + hidden[:, pooled])
    return layer.output_layer_norm(layer.ffn(attended) + attended)


def _modernbert(layer: Any, hidden: torch.Tensor, pooled: torch.Tensor, **attention: Any) -> torch.Tensor:  # noqa: ANN401
    attended, _weights = layer.attn(layer.attn_norm(hidden), **attention)
    hidden = hidden[:, pooled] + attended[:, pooled]
    return hidden + layer.mlp(layer.mlp_norm(hidden))


def _gpt2(layer: Any, hidden: torch.Tensor, pooled: torch.Tensor, **attention: Any) -> torch.Tensor:  # noqa: ANN401
    attended, _weights = layer.attn(layer.ln_1(hidden), **attention)
    hidden = hidden[:, pooled] + attended[:, pooled]
    return hidden + layer.mlp(layer.ln_2(hidden))


def _llama(layer: Any, hidden: torch.Tensor, pooled: torch.Tensor, **attention: Any) -> torch.Tensor:  # noqa: ANN401
    attended, _weights = layer.self_attn(hidden_states=layer.input_layernorm(hidden), **attention)
    hidden = hidden[:, pooled] + attended[:, pooled]
    return hidden + layer.mlp(layer.post_attention_layernorm(hidden))


FAMILIES: dict[str, Family] = {
    "bert": Family(_bert),
    "electra": Family(_bert),
    "roberta": Family(_bert, positions_after_padding=True),
    "xlm-roberta": Family(_bert, positions_after_padding=True),
    "distilbert": Family(_distilbert),
    "modernbert": Family(_modernbert),
    "gpt2": Family(_gpt2),
    "llama": Family(_llama),
    "mistral": Family(_llama),
    "qwen2": Family(_llama),
    "qwen3": Family(_llama),
}
