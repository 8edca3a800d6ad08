"""Scores of a network on the validation rows, of which the best chooses the epoch."""

from collections.abc import Callable

import numpy as np
import torch

from heptune.evaluation.metrics import METRICS
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import IntegerArray, batches_by_length
from heptune.runtimes.runtime import softmax


@torch.inference_mode()
def score_rows(
    rows: TokenRows,
    logits: Callable[[IntegerArray], torch.Tensor],
    *,
    most_tokens: int,
    check: Callable[[], None],
) -> dict[str, float]:
    """Return every metric on the rows.

    Args:
        rows: At least one.
        logits: Gives logits `[m, C]` for m row numbers; the network is in evaluation mode.
        most_tokens: Of one batch.
        check: Polled at every batch.
    """
    batches = batches_by_length(rows.lengths, most_tokens=most_tokens)
    scores = []
    for batch in batches:
        check()
        scores.append(logits(batch))
    in_order = np.argsort(np.concatenate(batches))
    probabilities = softmax(torch.cat(scores).cpu().double().numpy()[in_order])
    return {name: round(metric.compute(rows.classes, probabilities), 6) for name, metric in METRICS.items()}
