"""Fine-tuning of all weights of a pretrained transformer."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from safetensors import SafetensorError

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import resolve_settings
from heptune.methods.finetune.encoding import TOKENIZER_FOLDER, choose_limit, encode_splits
from heptune.methods.finetune.memory_check import refuse_what_does_not_fit
from heptune.methods.finetune.padding_check import padding_difference
from heptune.methods.finetune.preparation import prepared
from heptune.methods.finetune.report import report
from heptune.methods.finetune.token_rows import TokenRows
from heptune.methods.finetune.workshop import Workshop
from heptune.methods.method import TrainingSettings, Watch
from heptune.modeling.batching import token_budget
from heptune.modeling.compat import network_at_work, quiet_transformers
from heptune.modeling.loading import load_network
from heptune.modeling.matrix_rate import matrix_parameters
from heptune.modeling.memory import NetworkSize, training_memory_mib
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import choose_precision
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes.torch_runtime import TorchRuntime, best_device
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.model import ModelInfo
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport
from heptune.storage.energy import EnergyMeter
from heptune.storage.hidden_errors import unhidden_system_errors

# A text's probabilities may differ by this much with its neighbours, from the order of sums alone.
PADDING_TOLERANCE = 1e-4


class FullFineTuning:
    """Learns all weights of a pretrained network with a new head.

    Args:
        model: Folder of the pretrained model.
        label_names: The classes in class order.
    """

    name = "full"

    def __init__(self, model: Path, label_names: Sequence[str]) -> None:
        self._model = read_model_folder(model)
        self._label_names = tuple(label_names)
        self._device = best_device()
        self._classifier: PooledClassifier | None = None
        self._tokenizer: TextTokenizer | None = None
        self._tokenizer_folder: Path | None = None

    def encode(self, splits: Mapping[str, pa.Table], folder: Path, *, max_length: int | None) -> TokenizedDataset:
        """Write the tokenizer, and the tokens of train and validation."""
        limit = choose_limit(self._model, max_length)
        return encode_splits(self._model, splits, folder, limit=limit, label_names=self._label_names)

    def initialize(self, encoded: Path, *, seed: int) -> ModelInfo:
        """Load the network, give it a new head, and see that padding does not change its answers."""
        self._tokenizer_folder = encoded / TOKENIZER_FOLDER
        self._tokenizer = TextTokenizer.open(self._tokenizer_folder)
        loaded = load_network(self._model, self._label_names, pad_id=self._tokenizer.pad_id, seed=seed)
        _refuse_other_vocabulary(self._model.path, self._tokenizer, loaded.network)
        self._classifier = PooledClassifier(loaded.network)
        rows = TokenRows(encoded / "train.arrow")
        with _at_work():
            difference = padding_difference(self._classifier, rows, self._tokenizer)
        if difference > PADDING_TOLERANCE:
            raise _depends_on_padding(self._model.path, difference)
        parameters = list(self._classifier.parameters())
        count = sum(parameter.numel() for parameter in parameters)
        tokens = token_budget(self._device)
        bf16 = choose_precision("auto", self._device).precision == "bf16"
        return ModelInfo(
            method=self.name,
            architecture=type(loaded.network).__name__,
            head=_("new: {names}", names=", ".join(loaded.new_weights))
            if loaded.new_weights
            else _("the checkpoint's own"),
            pooling=_("last token") if self._classifier.pools_last_token else _("as the architecture does by itself"),
            parameters=count,
            trainable_parameters=sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
            dtype="float32",
            seed=seed,
            memory_estimate_mib=training_memory_mib(
                count, NetworkSize.of(loaded.network.config), tokens=tokens, longest=int(rows.lengths.max()), bf16=bf16
            ),
            padding_difference=difference,
        )

    def estimate(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> TrainingEstimate:
        """Time a few steps; the network stays as it is.

        Raises:
            ResourceError: there is not enough memory.
        """
        with self._workshop(splits, encoded, settings, watch) as workshop:
            return workshop.estimate()

    def fit(self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch) -> FitReport:
        """Train on `train`, choose the epoch on `validation`.

        Raises:
            UsageError: training diverges.
            ResourceError: there is not enough memory.
        """
        with self._workshop(splits, encoded, settings, watch) as workshop:
            estimate = workshop.estimate()
            watch.progress("estimate", **estimate.model_dump(mode="json"))
            circumstances = workshop.circumstances(estimate)
            started, meter = time.perf_counter(), EnergyMeter(self._device.type)
            state = workshop.training().run()
            return report(state, circumstances, seconds=time.perf_counter() - started, energy_wh=meter.watt_hours())

    @contextmanager
    def _workshop(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> Iterator[Workshop]:
        classifier, tokenizer = self._ready()
        train = TokenRows(encoded / "train.arrow")
        validation = TokenRows(encoded / "validation.arrow") if "validation" in splits else None
        parameters = sum(parameter.numel() for parameter in classifier.parameters())
        resolved = resolve_settings(settings, parameters=parameters, rows=len(train), labels=len(self._label_names))
        precision = choose_precision(settings.precision, self._device)
        with _at_work():
            classifier.to(self._device)
            adversary = Adversary(classifier.network, resolved.adversarial_strength)
            matrix_weights = matrix_parameters(classifier.network)
            with prepared(
                classifier,
                train,
                validation if validation is not None and len(validation) else None,
                pad_id=tokenizer.pad_id,
                device=self._device,
                without=settings.without,
            ) as ready:
                refuse_what_does_not_fit(
                    classifier.network,
                    ready.train,
                    precision=precision.precision,
                    batch_size=resolved.batch_size,
                    most_rows=resolved.micro_batch_size,
                    device=self._device,
                )
                yield Workshop(
                    classifier,
                    ready,
                    resolved,
                    adversary=adversary if resolved.adversarial_strength else None,
                    precision=precision,
                    matrix_parameters=matrix_weights,
                    device=self._device,
                    watch=watch,
                )

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order, in fp32; nan for a text without tokens."""
        classifier, tokenizer = self._ready()
        return TorchRuntime(classifier, tokenizer, device=self._device).score(texts).probabilities

    def save(self, folder: Path) -> None:
        """Write config, weights and tokenizer as transformers does."""
        classifier, _tokenizer = self._ready()
        assert self._tokenizer_folder is not None  # noqa: S101 - set together with the network
        with quiet_transformers(), unhidden_system_errors(SafetensorError):
            classifier.network.save_pretrained(folder)
        for path in self._tokenizer_folder.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())

    def _ready(self) -> tuple[PooledClassifier, TextTokenizer]:
        assert self._classifier is not None, "initialize comes before fit, predict_proba and save"  # noqa: S101
        assert self._tokenizer is not None  # noqa: S101 - set together with the network
        return self._classifier, self._tokenizer


def _at_work() -> AbstractContextManager[None]:
    return network_at_work(_("Use a smaller tokens.max_length, --set training.micro_batch_size=1, or a smaller model."))


def _refuse_other_vocabulary(path: Path, tokenizer: TextTokenizer, network: Any) -> None:  # noqa: ANN401
    known = network.get_input_embeddings().weight.shape[0]
    if tokenizer.vocabulary_size > known:
        raise InvalidInputError(
            _("The tokenizer has more tokens than the network knows; they do not belong together."),
            code="tokenizer_does_not_fit",
            where=str(path),
            expected=_("at most {count} tokens", count=known),
            found=str(tokenizer.vocabulary_size),
            remedy=_("Copy the tokenizer's files from where the weights are from."),
        )


def _depends_on_padding(path: Path, difference: float) -> InvalidInputError:
    return InvalidInputError(
        _("This network's answer for a text changes with the padding beside it."),
        code="depends_on_padding",
        where=str(path),
        expected=_("a difference in probability below {tolerance}", tolerance=PADDING_TOLERANCE),
        found=f"{difference:.2g}",
        remedy=_("Choose another model; this architecture is not fit for batches."),
    )
