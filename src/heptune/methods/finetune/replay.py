"""Whether a GPU replays the launches of a training's micro-batches, and what it takes to do so."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch.nn import functional

from heptune.i18n import Sentence, _
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.layout import PROBE_ROWS, Padding
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.speedups import cuda_graphs
from heptune.modeling.speedups.cuda_graphs import ReplayedSteps, StaticBatch, why_not_replayed


@dataclass(frozen=True, slots=True)
class Replay:
    """What replaying takes.

    Attributes:
        layout: How texts lie in front of the network then.
        pad_id: Token id that fills up.
        matrix_parameters: Weights of the network in matrix products.
    """

    layout: Padding
    pad_id: int
    matrix_parameters: int


def why_not(
    classifier: PooledClassifier, replay: Replay, train: TokenRows, device: torch.device, without: Collection[str]
) -> Sentence | None:
    """Return why launches are not replayed; None where they are, as a few texts show.

    Args:
        classifier: The network with its pooling, on the device.
        replay: What replaying would take.
        train: Rows to learn from.
        device: Where the network is.
        without: Names of speed-ups that are left out.
    """
    if cuda_graphs.NAME in without:
        return _("as given")
    if device.type != "cuda":
        return _("only an NVIDIA GPU waits for launches")
    rows = np.argsort(train.lengths)[:PROBE_ROWS]  # short ones: they are replayed if any are
    ids, classes = train.ids(rows), train.classes[rows].astype(np.int64)
    learn = partial(_learn, replay.layout)
    steps = ReplayedSteps(
        learn,
        pad_id=replay.pad_id,
        most_rows=len(ids),
        matrix_parameters=replay.matrix_parameters,
        device=device,
    )
    batch = StaticBatch((len(ids), max(map(len, ids))), replay.pad_id, device)
    batch.fill(ids, classes)
    classifier.eval()
    weights = [weight for weight in classifier.parameters() if weight.requires_grad]
    plain = partial(learn, batch.texts, batch.classes, batch.weights)
    return why_not_replayed(steps, plain, weights, ids, classes)


def weighted_loss(logits: torch.Tensor, classes: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
    """Return the sum of the rows' losses, those of rows with weight 0 left out."""
    if weights is None:
        return functional.cross_entropy(logits, classes, reduction="sum")
    return functional.cross_entropy(logits, classes, reduction="none") @ weights


def _learn(
    layout: Padding, texts: tuple[torch.Tensor, torch.Tensor], classes: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    loss = weighted_loss(layout.logits(texts), classes, weights)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()
