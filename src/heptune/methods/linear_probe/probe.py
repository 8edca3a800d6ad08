"""A linear probe: the network stays as it is, and its last layer becomes a logistic regression."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.i18n import Sentence, _
from heptune.methods.estimates import cost
from heptune.methods.linear_probe.estimate import estimate_probe
from heptune.methods.linear_probe.learning import Reading, learn_head, reading
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.method import TrainingSettings, Watch
from heptune.methods.pretrained.classifier import PretrainedClassifier
from heptune.modeling.last_layer import last_layer, names_in
from heptune.modeling.memory import forget_peak, peak_mib
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.model import ModelInfo
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport
from heptune.storage.spent import Meter


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
        own = ProbeSettings.of(settings)
        with reading(self.pretrained, splits, encoded, own, seed=self._seed, watch=watch) as at_hand:
            return self._estimate(at_hand, settings, watch)

    def fit(
        self,
        splits: Mapping[str, pa.Table],
        encoded: Path,
        settings: TrainingSettings,
        watch: Watch,
        *,
        probe: Path | None = None,
    ) -> FitReport:
        """Fit the last layer on `train`, choose its regularisation on `validation`; an earlier probe is not looked at.

        Raises:
            InvalidInputError: something stands between the last layer and the class scores.
            ResourceError: there is not enough memory.
        """
        own = ProbeSettings.of(settings)
        with reading(self.pretrained, splits, encoded, own, seed=self._seed, watch=watch) as at_hand:
            estimate = self._estimate(at_hand, settings, watch)
            watch.progress("estimate", **estimate.model_dump(mode="json"))
            forget_peak(self.pretrained.device)
            meter = Meter(self.pretrained.device.type)
            head = learn_head(self.pretrained, at_hand, watch)
            spent = meter.spent()
        return FitReport(
            settings={
                "inverse_regularization": head.inverse_regularization,
                "features": head.weight.shape[1],
                "rows": len(at_hand.train),
            },
            chosen_by=_("nothing to choose by, as there are no validation rows")
            if at_hand.validation is None
            else _("regularisation with the lowest log loss on validation"),
            precision=at_hand.precision.precision,
            precision_reason=at_hand.precision.reason,
            speedups=at_hand.speedups,
            device=str(self.pretrained.device),
            estimate=estimate,
            seconds=round(spent.seconds, 3),
            train_rows_per_second=round(len(at_hand.train) / spent.seconds, 2),
            peak_memory_mib=peak_mib(self.pretrained.device),
            energy_wh=spent.watt_hours,
            cost=cost(spent.seconds, settings.price_per_hour),
        )

    def _estimate(self, at_hand: Reading, settings: TrainingSettings, watch: Watch) -> TrainingEstimate:
        return estimate_probe(
            at_hand.reader,
            at_hand.parts,
            class_count=len(self.pretrained.label_names),
            device=self.pretrained.device,
            price_per_hour=settings.price_per_hour,
            watch=watch,
        )

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order, in fp32; nan for a text without tokens."""
        return self.pretrained.predict_proba(texts)

    def fold_temperature(self, temperature: float) -> Sentence | None:
        """Divide weights and bias of the last layer."""
        return self.pretrained.fold_temperature(temperature)

    def save(self, folder: Path) -> None:
        """Write config, weights and tokenizer as transformers does."""
        self.pretrained.save(folder)
