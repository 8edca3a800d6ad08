"""A pretrained network with a new head, from a folder to a bundle: what every method that starts from one does."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch
from safetensors import SafetensorError

from heptune.errors import InvalidInputError
from heptune.i18n import Sentence, _
from heptune.methods.pretrained.encoding import TOKENIZER_FOLDER, choose_limit, encode_splits
from heptune.methods.pretrained.padding_check import padding_difference
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import token_budget
from heptune.modeling.compat import network_at_work, quiet_transformers
from heptune.modeling.last_layer import last_layer
from heptune.modeling.loading import load_network
from heptune.modeling.memory import NetworkSize, training_memory_mib
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import choose_precision
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes.torch_runtime import TorchRuntime, best_device, choose_scoring_precision
from heptune.schemas.model import ModelInfo
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.hidden_errors import unhidden_system_errors

# A text's probabilities may differ by this much with its neighbours, from the order of sums alone.
PADDING_TOLERANCE = 1e-4


class PretrainedClassifier:
    """A pretrained network with a head for the classes of a run, and its tokenizer.

    Args:
        model: Folder of the pretrained model.
        label_names: The classes in class order.

    Attributes:
        label_names: The classes in class order.
        device: Where the network computes.
        new_weights: Names of the weights that the checkpoint did not hold.
    """

    def __init__(self, model: Path, label_names: Sequence[str]) -> None:
        self.label_names = tuple(label_names)
        self.device = best_device()
        self.new_weights: tuple[str, ...] = ()
        self._model = read_model_folder(model)
        self._classifier: PooledClassifier | None = None
        self._tokenizer: TextTokenizer | None = None
        self._tokenizer_folder: Path | None = None

    @property
    def classifier(self) -> PooledClassifier:
        """The network with its pooling."""
        assert self._classifier is not None, "initialize comes before fit, predict_proba and save"  # noqa: S101
        return self._classifier

    @property
    def tokenizer(self) -> TextTokenizer:
        """The tokenizer that ships with the network."""
        assert self._tokenizer is not None, "initialize comes before fit, predict_proba and save"  # noqa: S101
        return self._tokenizer

    def encode(self, splits: Mapping[str, pa.Table], folder: Path, *, max_length: int | None) -> TokenizedDataset:
        """Write the tokenizer, and the tokens of train and validation."""
        limit = choose_limit(self._model, max_length)
        return encode_splits(self._model, splits, folder, limit=limit, label_names=self.label_names)

    def initialize(self, encoded: Path, *, seed: int, method: str) -> ModelInfo:
        """Load the network, give it a new head, and see that padding does not change its answers.

        Args:
            encoded: What `encode` wrote.
            seed: Of the new weights.
            method: Name of the method, for the record; the record is that of fine-tuning all weights.
        """
        self.load(encoded, seed=seed)
        rows = TokenRows(encoded / "train.arrow")
        with at_work():
            difference = padding_difference(self.classifier, rows, self.tokenizer)
        if not difference <= PADDING_TOLERANCE:  # it may be no number
            raise _depends_on_padding(self._model.path, difference)
        network, parameters = self.classifier.network, list(self.classifier.parameters())
        count = sum(parameter.numel() for parameter in parameters)
        tokens = token_budget(self.device)
        bf16 = choose_precision("auto", self.device).precision == "bf16"
        return ModelInfo(
            method=method,
            architecture=type(network).__name__,
            head=_("new: {names}", names=", ".join(self.new_weights))
            if self.new_weights
            else _("the checkpoint's own"),
            pooling=_("last token") if self.classifier.pools_last_token else _("as the architecture does by itself"),
            parameters=count,
            trainable_parameters=sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
            dtype="float32",
            seed=seed,
            memory_estimate_mib=training_memory_mib(
                count, NetworkSize.of(network.config), tokens=tokens, longest=int(rows.lengths.max()), bf16=bf16
            ),
            padding_difference=difference,
        )

    def load(self, encoded: Path, *, seed: int) -> None:
        """Load the network with a new head, and the tokenizer; `initialize` has seen that padding changes nothing.

        Args:
            encoded: What `encode` wrote.
            seed: Of the new weights.

        Raises:
            InvalidInputError: its files cannot be read, or the tokenizer belongs to another network.
        """
        self._tokenizer_folder = encoded / TOKENIZER_FOLDER
        self._tokenizer = TextTokenizer.open(self._tokenizer_folder)
        loaded = load_network(self._model, self.label_names, pad_id=self._tokenizer.pad_id, seed=seed)
        _refuse_other_vocabulary(self._model.path, self._tokenizer, loaded.network)
        self._classifier, self.new_weights = PooledClassifier(loaded.network), loaded.new_weights

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order, in fp32; nan for a text without tokens."""
        return TorchRuntime(self.classifier, self.tokenizer, device=self.device).score(texts).probabilities

    def scorer(self, sample: Sequence[str], *, most_rows: int | None, without: Collection[str]) -> TorchRuntime:
        """Return what scores texts as a bundle of it would be scored: in bf16 where that is fast and agrees.

        Args:
            sample: Texts on which bf16 is compared with fp32; without any it is fp32.
            most_rows: Most texts of a batch; None leaves it to the token budget.
            without: Names of speed-ups that are left out.
        """
        options: dict[str, Any] = {"device": self.device, "most_rows": most_rows, "without": without}
        difference = TorchRuntime(self.classifier, self.tokenizer, **options).bf16_difference(sample)
        precision = choose_scoring_precision("auto", self.device, bf16_difference=difference)
        return TorchRuntime(self.classifier, self.tokenizer, precision=precision, **options)

    def fold_temperature(self, temperature: float) -> Sentence | None:
        """Divide weights and bias of the last layer; return why not where the network has no linear one."""
        try:
            layer = last_layer(self.classifier.network)
        except InvalidInputError:
            return _("this network has no linear last layer")
        with torch.no_grad():
            for weight in layer.parameters():
                weight.div_(temperature)
        return None

    def save(self, folder: Path) -> None:
        """Write config, weights and tokenizer as transformers does."""
        network = self.classifier.network
        assert self._tokenizer_folder is not None  # noqa: S101 - set together with the network
        with quiet_transformers(), unhidden_system_errors(SafetensorError):
            network.save_pretrained(folder)
        for path in self._tokenizer_folder.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())


def at_work() -> AbstractContextManager[None]:
    """Let a network learn; want of memory is told with what helps.

    Raises:
        ResourceError: there is not enough memory.
    """
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
