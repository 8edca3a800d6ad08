"""Fine-tuning of all weights of a pretrained transformer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.i18n import Sentence
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import ResolvedSettings, resolve_settings
from heptune.methods.finetune.head_start import start_from_probe
from heptune.methods.finetune.memory_check import refuse_what_does_not_fit
from heptune.methods.finetune.preparation import prepared
from heptune.methods.finetune.report import report
from heptune.methods.finetune.workshop import Workshop
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.method import TrainingSettings, Watch
from heptune.methods.pretrained.classifier import PretrainedClassifier, at_work
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.matrix_rate import matrix_parameters
from heptune.modeling.memory import forget_peak
from heptune.modeling.precision import choose_precision
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.model import ModelInfo
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport
from heptune.storage.spent import Meter


class FullFineTuning:
    """Learns all weights of a pretrained network with a new head.

    Args:
        model: Folder of the pretrained model.
        label_names: The classes in class order.
    """

    name = "full"

    def __init__(self, model: Path, label_names: Sequence[str]) -> None:
        self.pretrained = PretrainedClassifier(model, label_names)
        self._seed = 0

    def encode(self, splits: Mapping[str, pa.Table], folder: Path, *, max_length: int | None) -> TokenizedDataset:
        """Write the tokenizer, and the tokens of train and validation."""
        return self.pretrained.encode(splits, folder, max_length=max_length)

    def initialize(self, encoded: Path, *, seed: int) -> ModelInfo:
        """Load the network, give it a new head, and see that padding does not change its answers."""
        self._seed = seed
        return self.pretrained.initialize(encoded, seed=seed, method=self.name)

    def estimate(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> TrainingEstimate:
        """Time a few steps; the network stays as it is.

        Raises:
            ResourceError: there is not enough memory.
        """
        with self._workshop(splits, encoded, settings, watch) as workshop:
            return workshop.estimate()

    def fit(
        self,
        splits: Mapping[str, pa.Table],
        encoded: Path,
        settings: TrainingSettings,
        watch: Watch,
        *,
        probe: Path | None = None,
    ) -> FitReport:
        """Train on `train`, choose the epoch on `validation`; the head may begin as a linear probe.

        Raises:
            UsageError: training diverges.
            ResourceError: there is not enough memory.
        """
        meter = Meter(self.pretrained.device.type)
        if self._resolve(settings, len(splits["train"])).head == "probe":
            own = ProbeSettings.of(settings)
            begun = start_from_probe(self.pretrained, splits, encoded, own, seed=self._seed, fitted=probe, watch=watch)
            settings = replace(settings, head="probe" if begun else "new")
        for_head = meter.spent()
        with self._workshop(splits, encoded, settings, watch) as workshop:
            estimate = workshop.estimate(for_head)
            watch.progress("estimate", **estimate.model_dump(mode="json"))
            circumstances = workshop.circumstances(estimate)
            forget_peak(self.pretrained.device)
            meter = Meter(self.pretrained.device.type)
            state = workshop.training().run()
            return report(state, circumstances, for_head + meter.spent())

    def _resolve(self, settings: TrainingSettings, rows: int) -> ResolvedSettings:
        return resolve_settings(
            settings,
            parameters=sum(parameter.numel() for parameter in self.pretrained.classifier.parameters()),
            rows=rows,
            labels=len(self.pretrained.label_names),
            new_head=bool(self.pretrained.new_weights),
        )

    @contextmanager
    def _workshop(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> Iterator[Workshop]:
        classifier, device = self.pretrained.classifier, self.pretrained.device
        train = TokenRows(encoded / "train.arrow")
        validation = TokenRows(encoded / "validation.arrow") if "validation" in splits else None
        resolved = self._resolve(settings, len(train))
        precision = choose_precision(settings.precision, device)
        with at_work():
            classifier.to(device)
            adversary = Adversary(classifier.network, resolved.adversarial_strength)
            matrix_weights = matrix_parameters(classifier.network)
            with prepared(
                classifier,
                train,
                validation if validation is not None and len(validation) else None,
                pad_id=self.pretrained.tokenizer.pad_id,
                device=device,
                without=settings.without,
                matrix_parameters=matrix_weights,
            ) as ready:
                refuse_what_does_not_fit(
                    classifier.network,
                    ready.train,
                    precision=precision.precision,
                    batch_size=resolved.batch_size,
                    most_rows=resolved.micro_batch_size,
                    device=device,
                )
                yield Workshop(
                    classifier,
                    ready,
                    resolved,
                    adversary=adversary if resolved.adversarial_strength else None,
                    precision=precision,
                    matrix_parameters=matrix_weights,
                    device=device,
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
