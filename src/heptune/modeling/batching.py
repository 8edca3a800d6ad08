"""Texts of like length side by side, so that little is padded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # who predicts with ONNX has no torch
    import torch

IntegerArray = npt.NDArray[np.int64]
# Tokens that are computed at a time in training, padding included: enough for good matrix shapes, little memory.
CPU_TOKENS = 2_048
# A GPU wants more work at a time.
GPU_TOKENS = 32_768


def token_budget(device: "torch.device") -> int:
    """Return how many tokens a micro-batch of training has at most; scoring keeps less and takes twice as many."""
    return CPU_TOKENS if device.type == "cpu" else GPU_TOKENS


def batches_by_length(
    lengths: npt.NDArray[np.int32], *, most_tokens: int, most_rows: int | None = None
) -> list[IntegerArray]:
    """Cut rows into batches of like length under a budget.

    Args:
        lengths: Tokens of each row `[n]`.
        most_tokens: A batch's rows times its longest row stay below this, unless it is a single row.
        most_rows: Most rows of a batch; None for no bound.

    Returns:
        Row numbers of each batch; together they are all rows, longest first.
    """
    order = np.argsort(-lengths, kind="stable")
    batches = []
    start = 0
    while start < len(order):
        rows = max(1, most_tokens // max(1, int(lengths[order[start]])))
        end = start + min(rows, most_rows or rows)
        batches.append(order[start:end])
        start = end
    return batches


def pad(ids: Sequence[npt.NDArray[np.int32]], pad_id: int) -> tuple[IntegerArray, IntegerArray]:
    """Fill sequences up on the right.

    Returns:
        Token ids `[n, longest]` and the attention mask of the same shape (1 for a real token).
    """
    longest = max(len(sequence) for sequence in ids)
    tokens = np.full((len(ids), longest), pad_id, dtype=np.int64)
    mask = np.zeros((len(ids), longest), dtype=np.int64)
    for row, sequence in enumerate(ids):
        tokens[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return tokens, mask
