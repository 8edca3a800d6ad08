"""From the rows of a run to the last layer of a linear probe."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from heptune.i18n import _
from heptune.methods.linear_probe.features import FeatureReader
from heptune.methods.linear_probe.head import Examples, LinearHead, fit_head
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.method import Watch
from heptune.methods.pretrained.classifier import PretrainedClassifier, at_work
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.last_layer import last_layer
from heptune.modeling.layout import PROBE_ROWS, choose_layout
from heptune.modeling.precision import ChosenPrecision, choose_precision
from heptune.modeling.speedups.at_work import SpeedupsAtWork
from heptune.modeling.speedups.fused_activations import FusedActivations
from heptune.modeling.speedups.kept_memory import KeptMemory
from heptune.schemas.speedup import SpeedupRecord

# Beyond this many rows a sample is fitted: a linear head hardly gains any more, memory and time would grow.
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a fit works on.

    Attributes:
        reader: Computes the features.
        train: Rows to learn from.
        validation: Rows that choose, or None.
        precision: Of the matrix products, and why.
        speedups: What is at work, and why the others are not.
    """

    reader: FeatureReader
    train: TokenRows
    validation: TokenRows | None
    precision: ChosenPrecision
    speedups: tuple[SpeedupRecord, ...]

    @property
    def parts(self) -> tuple[TokenRows, ...]:
        """All rows whose features are needed."""
        return (self.train,) if self.validation is None else (self.train, self.validation)


@contextmanager
def reading(
    pretrained: PretrainedClassifier,
    splits: Mapping[str, pa.Table],
    encoded: Path,
    settings: ProbeSettings,
    *,
    seed: int,
    watch: Watch,
) -> Iterator[Reading]:
    """Put everything that a fit works on in place, for the time of the block.

    Args:
        pretrained: The network with a new head.
        splits: Rows of the run; `validation` may be missing.
        encoded: What `encode` wrote.
        settings: Those of a probe.
        seed: Draws the rows to fit among very many.
        watch: Told where only some of the rows are fitted.

    Raises:
        InvalidInputError: the network has no linear last layer.
        ResourceError: there is not enough memory.
    """
    classifier, device = pretrained.classifier, pretrained.device
    train = _rows_to_fit(TokenRows(encoded / "train.arrow"), seed, watch)
    validation = TokenRows(encoded / "validation.arrow") if "validation" in splits else None
    precision = choose_precision(settings.precision, device)
    with at_work(), SpeedupsAtWork(settings.without) as speedups:
        classifier.to(device)
        speedups.take(KeptMemory(device))
        speedups.take(FusedActivations(classifier.network))
        chosen = choose_layout(
            classifier,
            train.ids(range(min(PROBE_ROWS, len(train)))),
            pad_id=pretrained.tokenizer.pad_id,
            device=device,
            packing=not speedups.leaves_out("packing"),
        )
        speedups.note("packing", chosen.why_not_packed)
        reader = FeatureReader(
            classifier,
            chosen.layout,
            precision=precision.precision,
            device=device,
            most_rows=settings.micro_batch_size,
        )
        with_rows = validation if validation is not None and len(validation) else None
        yield Reading(reader, train, with_rows, precision, speedups.records)


def learn_head(pretrained: PretrainedClassifier, reading: Reading, watch: Watch) -> LinearHead:
    """Fit the last layer on the training rows, choose its regularisation on the validation rows, and put it in place.

    Raises:
        InvalidInputError: something stands between the last layer and the class scores.
    """
    layer = last_layer(pretrained.classifier.network)
    features = reading.reader.read(reading.parts, watch)
    train, *validation = (
        Examples(of_part, rows.classes, reading.precision.precision)
        for of_part, rows in zip(features, reading.parts, strict=True)
    )
    head = fit_head(
        train,
        validation[0] if validation else None,
        class_count=len(pretrained.label_names),
        has_bias=layer.bias is not None,
        check=watch.check,
    )
    head.put_into(layer)
    return head


def _rows_to_fit(train: TokenRows, seed: int, watch: Watch) -> TokenRows:
    """Return the training rows, or a random sample of very many, and say so."""
    if len(train) <= MOST_ROWS:
        return train
    watch.notice(_("linear-probe learns from {rows} of the training rows", rows=MOST_ROWS))
    return train.selected(np.sort(np.random.default_rng(seed).permutation(len(train))[:MOST_ROWS]))
