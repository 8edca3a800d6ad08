"""What stands ready for the training loop: rows, their layout, and every speed-up that applies at work."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from heptune.methods.finetune.replay import Replay, why_not
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.layout import PROBE_ROWS, Layout, Padding, choose_layout
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.speedups import cuda_graphs
from heptune.modeling.speedups.at_work import SpeedupsAtWork
from heptune.modeling.speedups.compact_vocabulary import CompactVocabulary
from heptune.modeling.speedups.fast_dropout import FastDropout, fast_dropout
from heptune.modeling.speedups.fused_activations import FusedActivations
from heptune.modeling.speedups.kept_memory import KeptMemory
from heptune.schemas.speedup import SpeedupRecord


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the loop works on while the preparation lasts.

    Attributes:
        train: Rows to learn from.
        validation: Rows that choose the epoch, or None.
        layout: How they lie in front of the network.
        replay: What replaying a GPU's launches takes; None where they are issued one by one.
        speedups: What was taken, and why the others were not.
    """

    train: TokenRows
    validation: TokenRows | None
    layout: Layout
    replay: Replay | None
    speedups: tuple[SpeedupRecord, ...]


@contextmanager
def prepared(
    classifier: PooledClassifier,
    train: TokenRows,
    validation: TokenRows | None,
    *,
    pad_id: int,
    device: torch.device,
    without: Collection[str],
    matrix_parameters: int,
) -> Iterator[Prepared]:
    """Put every speed-up to work that applies, for the time of the block.

    Args:
        classifier: The network with its pooling, on the device.
        train: Rows to learn from.
        validation: Rows that choose the epoch, or None.
        pad_id: Token id that fills up.
        device: Where the network is.
        without: Names of speed-ups that are left out.
        matrix_parameters: Weights of the network in matrix products.
    """
    network = classifier.network
    occurring = [rows.occurring_ids() for rows in (train, validation) if rows is not None]
    vocabulary = CompactVocabulary(network, np.concatenate(occurring), pad_id)
    with SpeedupsAtWork(without) as speedups:
        speedups.take(KeptMemory(device))
        speedups.take(FusedActivations(network))
        dropout = fast_dropout if speedups.take(FastDropout(network, device)) else functional.dropout
        if speedups.take(vocabulary):
            pad_id = int(vocabulary.numbers[pad_id])
            train = train.renumbered(vocabulary.numbers)
            validation = validation.renumbered(vocabulary.numbers) if validation is not None else None
        chosen = choose_layout(
            classifier,
            train.ids(range(min(PROBE_ROWS, len(train)))),
            pad_id=pad_id,
            device=device,
            packing=not speedups.leaves_out("packing"),
            dropout=dropout,
        )
        speedups.note("packing", chosen.why_not_packed)
        replay = Replay(Padding(classifier, pad_id, device), pad_id, matrix_parameters)
        why_not_replayed = why_not(classifier, replay, train, device, without)
        speedups.note(cuda_graphs.NAME, why_not_replayed)
        yield Prepared(train, validation, chosen.layout, replay if why_not_replayed is None else None, speedups.records)
