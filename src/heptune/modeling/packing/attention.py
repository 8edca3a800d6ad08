"""Attention that keeps packed texts apart, for transformers' attention interface."""

from collections.abc import Callable
from typing import Any

import torch
from transformers import AttentionInterface

from heptune.modeling.packing.packed_texts import PackedTexts, TextGrid

NAME = "heptune_packed"


def packed_attention(
    module: Any,  # noqa: ANN401 - an attention module of transformers
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,
    *,
    packed: PackedTexts,
    dropped: Callable[[torch.Tensor, float], torch.Tensor],
    scaling: float,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    **_others: object,
) -> tuple[torch.Tensor, None]:
    """Let every token attend to the tokens of its own text.

    Args:
        module: The attention module; it says by `is_causal` whether a token sees those after it.
        query: `[1, heads, tokens, d]`.
        key: `[1, heads or fewer, tokens, d]`.
        value: Of the key's shape.
        attention_mask: None; the pack says who sees whom.
        packed: The texts.
        dropped: Takes weights away, given them and a share.
        scaling: Of the products of query and key.
        dropout: Share of the attention weights that is dropped.
        sliding_window: A token sees tokens fewer than this many places away.

    Returns:
        `[1, tokens, heads, d]`, and no weights.
    """
    causal = bool(getattr(module, "is_causal", False))
    shared = query.shape[1] // key.shape[1]
    outputs = []
    for grid in packed.grids:
        queries, keys, values = (_spread(states, grid) for states in (query, key, value))
        if shared > 1:
            keys, values = (states.repeat_interleave(shared, dim=1) for states in (keys, values))
        mask = grid.mask(causal=causal, window=sliding_window)
        scores = torch.add(mask, (queries @ keys.transpose(2, 3)).float(), alpha=scaling)
        weights = dropped(scores.softmax(dim=-1), dropout).to(values.dtype)
        outputs.append((weights @ values).transpose(1, 2).flatten(0, 1).index_select(0, grid.tokens))
    outputs.append(outputs[0].new_zeros(packed.filling, *outputs[0].shape[1:]))
    return torch.cat(outputs)[None], None


def _spread(states: torch.Tensor, grid: TextGrid) -> torch.Tensor:
    """From `[1, heads, tokens, d]` to `[texts, heads, longest, d]`."""
    tokens = states[0, :, grid.start : grid.end].transpose(0, 1)
    cells = tokens.index_select(0, grid.cells)
    return cells.reshape(*grid.shape, *cells.shape[1:]).transpose(1, 2)


AttentionInterface.register(NAME, packed_attention)
