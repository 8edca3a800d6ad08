"""A linear probe: the network stays as it is, and its last layer becomes a logistic regression."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from heptune.i18n import Sentence, _
from heptune.methods.finetune.estimate import cost
from heptune.methods.finetune.pretrained import PretrainedClassifier, at_work
from heptune.methods.finetune.token_rows import TokenRows
from heptune.methods.linear_probe.estimate import estimate_reading
from heptune.methods.linear_probe.features import FeatureReader
from heptune.methods.linear_probe.head import Examples, LinearHead, fit_head
from heptune.methods.linear_probe.last_layer import last_layer, names_in
from heptune.methods.method import TrainingSettings, Watch
from heptune.modeling.layout import PROBE_ROWS, choose_layout
from heptune.modeling.precision import ChosenPrecision, choose_precision
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.model import ModelInfo
from heptune.schemas.speedup import SpeedupRecord
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport
from heptune.storage.energy import EnergyMeter
from heptune.storage.hidden_errors import unhidden_system_errors
from heptune.storage.process import peak_memory_mib

# Beyond this many rows a sample is fitted: a linear head hardly gains any more, memory and time would grow.
MOST_ROWS = 100_000
HEAD_FILE = "head.safetensors"


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """The settings of training that a probe follows; see `TrainingSettings`."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    micro_batch_size: int | None = None
    price_per_hour: float | None = None

    @classmethod
    def of(cls, settings: TrainingSettings) -> "ProbeSettings":
        """Return those among all settings of training."""
        return cls(settings.precision, settings.micro_batch_size, settings.price_per_hour)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a fit works on.

    Attributes:
        reader: Computes the features.
        train: Rows to learn from.
        validation: Rows that choose, or None.
        precision: Of the matrix products, and why.
        why_not_packed: None where texts are packed.
    """

    reader: FeatureReader
    train: TokenRows
    validation: TokenRows | None
    precision: ChosenPrecision
    why_not_packed: Sentence | None

    @property
    def parts(self) -> tuple[TokenRows, ...]:
        """All rows whose features are needed."""
        return (self.train,) if self.validation is None else (self.train, self.validation)


class LinearProbe:
    """Learns a logistic regression on the features of a pretrained network.

    The features are what the last layer of the head reads; layers before it that are new keep the weights they were
    drawn with. They are computed once for each row and kept in memory in fp32: 12 bytes for each with what the fit
    needs, 92 MB for 20,000 rows of 384 features.

    Args:
        model: Folder of the pretrained model.
        label_names: The classes in class order.
    """

    name = "linear-probe"

    def __init__(self, model: Path, label_names: Sequence[str]) -> None:
        self.pretrained = PretrainedClassifier(model, label_names)
        self._seed = 0

    def encode(self, splits: Mapping[str, pa.Table], folder: Path, *, max_length: int | None) -> TokenizedDataset:
        """Write the tokenizer, and the tokens of train and validation."""
        return self.pretrained.encode(splits, folder, max_length=max_length)

    def initialize(self, encoded: Path, *, seed: int) -> ModelInfo:
        """Load the network with a new head, and see that padding does not change its answers.

        Raises:
            InvalidInputError: its head has no linear last layer.
        """
        self._seed = seed
        info = self.pretrained.initialize(encoded, seed=seed, method=self.name)
        network = self.pretrained.classifier.network
        layer = last_layer(network)
        new = sorted({*self.pretrained.new_weights, *names_in(network, layer)})
        return info.model_copy(
            update={
                "head": _("new: {names}", names=", ".join(new)),
                "trainable_parameters": sum(weight.numel() for weight in layer.parameters()),
                "memory_estimate_mib": None,
            }
        )

    def estimate(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> TrainingEstimate:
        """Time a few batches of texts.

        Raises:
            ResourceError: there is not enough memory.
        """
        with self._reading(splits, encoded, ProbeSettings.of(settings), watch) as reading:
            return estimate_reading(
                reading.reader,
                reading.parts,
                device=self.pretrained.device,
                price_per_hour=settings.price_per_hour,
                watch=watch,
            )

    def fit(self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch) -> FitReport:
        """Fit the last layer on `train`, choose its regularisation on `validation`.

        Raises:
            InvalidInputError: something stands between the last layer and the class scores.
            ResourceError: there is not enough memory.
        """
        return self.learn(splits, encoded, ProbeSettings.of(settings), watch)

    def learn(self, splits: Mapping[str, pa.Table], encoded: Path, settings: ProbeSettings, watch: Watch) -> FitReport:
        """Compute the features, and do what `fit` says.

        Raises:
            InvalidInputError: something stands between the last layer and the class scores.
            ResourceError: there is not enough memory.
        """
        started, meter = time.perf_counter(), EnergyMeter(self.pretrained.device.type)
        with self._reading(splits, encoded, settings, watch) as reading:
            features = reading.reader.read(reading.parts, watch)
            train, *validation = (
                Examples(of_part, rows.classes, reading.precision.precision)
                for of_part, rows in zip(features, reading.parts, strict=True)
            )
            head = fit_head(
                train,
                validation[0] if validation else None,
                class_count=len(self.pretrained.label_names),
                has_bias=self._layer.bias is not None,
                check=watch.check,
            )
        self._take(head.weight, head.bias)
        seconds = time.perf_counter() - started
        return _report(
            reading,
            head,
            device=str(self.pretrained.device),
            seconds=seconds,
            energy_wh=meter.watt_hours(),
            price_per_hour=settings.price_per_hour,
        )

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order, in fp32; nan for a text without tokens."""
        return self.pretrained.predict_proba(texts)

    def save(self, folder: Path) -> None:
        """Write config, weights and tokenizer as transformers does."""
        self.pretrained.save(folder)

    def save_head(self, folder: Path) -> None:
        """Write the weights of the last layer alone, `[C, d]` and `[C]`.

        Raises:
            OSError: the disk is full, or the folder does not let us write.
        """
        arrays = {name: weight.detach().cpu().numpy() for name, weight in self._layer.named_parameters()}
        with unhidden_system_errors(SafetensorError):
            save_file(arrays, folder / HEAD_FILE)

    def open_head(self, folder: Path) -> None:
        """Take the last layer that `save_head` wrote; the network is as `initialize` left it."""
        arrays = load_file(folder / HEAD_FILE)
        self._take(arrays["weight"], arrays.get("bias"))

    @property
    def _layer(self) -> torch.nn.Linear:
        return last_layer(self.pretrained.classifier.network)

    @torch.no_grad()
    def _take(self, weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32] | None) -> None:
        layer = self._layer
        layer.weight.copy_(torch.from_numpy(weight))
        if bias is not None:
            layer.bias.copy_(torch.from_numpy(bias))

    @contextmanager
    def _reading(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: ProbeSettings, watch: Watch
    ) -> Iterator[Reading]:
        classifier, device = self.pretrained.classifier, self.pretrained.device
        train = _rows_to_fit(TokenRows(encoded / "train.arrow"), self._seed, watch)
        validation = TokenRows(encoded / "validation.arrow") if "validation" in splits else None
        precision = choose_precision(settings.precision, device)
        with at_work():
            classifier.to(device)
            probe = train.ids(range(min(PROBE_ROWS, len(train))))
            chosen = choose_layout(classifier, probe, pad_id=self.pretrained.tokenizer.pad_id, device=device)
            reader = FeatureReader(
                classifier,
                chosen.layout,
                precision=precision.precision,
                device=device,
                most_rows=settings.micro_batch_size,
            )
            with_rows = validation if validation is not None and len(validation) else None
            yield Reading(reader, train, with_rows, precision, chosen.why_not_packed)


def _rows_to_fit(train: TokenRows, seed: int, watch: Watch) -> TokenRows:
    """Return the training rows, or a random sample of very many, and say so."""
    if len(train) <= MOST_ROWS:
        return train
    watch.notice(_("linear-probe learns from {rows} of the training rows", rows=MOST_ROWS))
    return train.selected(np.sort(np.random.default_rng(seed).permutation(len(train))[:MOST_ROWS]))


def _report(
    reading: Reading,
    head: LinearHead,
    *,
    device: str,
    seconds: float,
    energy_wh: float | None,
    price_per_hour: float | None,
) -> FitReport:
    features = head.weight.shape[1]
    why_not = reading.why_not_packed
    return FitReport(
        settings={
            "inverse_regularization": head.inverse_regularization,
            "features": features,
            "rows": len(reading.train),
        },
        chosen_by=_("nothing to choose by, as there are no validation rows")
        if reading.validation is None
        else _("regularisation with the lowest log loss on validation"),
        precision=reading.precision.precision,
        precision_reason=reading.precision.reason,
        speedups=(SpeedupRecord(name="packing", used=why_not is None, why_not=why_not),),
        device=device,
        seconds=round(seconds, 3),
        train_rows_per_second=round(len(reading.train) / seconds, 2),
        peak_memory_mib=peak_memory_mib(),
        energy_wh=energy_wh,
        cost=cost(seconds, price_per_hour),
    )
