"""Predicting with a transformer on torch."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from heptune.i18n import _
from heptune.modeling.batching import batches_by_length, pad, token_budget
from heptune.modeling.compat import network_at_work
from heptune.modeling.loading import open_saved_network
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.modeling.tokenizing import TextTokenizer, TokenizedTexts
from heptune.runtimes.runtime import TextScores, softmax


def best_device() -> torch.device:
    """Return the accelerator where torch finds one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _at_work() -> AbstractContextManager[None]:
    return network_at_work(_("Train a smaller model, or with a smaller tokens.max_length."))


class TorchRuntime:
    """Scores texts with a network.

    Args:
        classifier: The network with its pooling.
        tokenizer: The tokenizer that ships with it.
        precision: Of the matrix products.
        device: Where it runs.
        most_rows: Most texts of a batch; None leaves it to the token budget.

    Raises:
        ResourceError: there is not enough memory.
    """

    def __init__(
        self,
        classifier: PooledClassifier,
        tokenizer: TextTokenizer,
        *,
        precision: Precision = "fp32",
        device: torch.device | None = None,
        most_rows: int | None = None,
    ) -> None:
        self._device = device or best_device()
        with _at_work():
            self._classifier = classifier.eval().to(self._device)
        self._tokenizer = tokenizer
        self._precision = precision
        self._most_rows = most_rows

    @classmethod
    def open(cls, folder: Path, **options: Any) -> "TorchRuntime":  # noqa: ANN401 - the constructor's own
        """Open the network and the tokenizer of a bundle.

        Raises:
            InvalidInputError: its files cannot be read.
        """
        return cls(PooledClassifier(open_saved_network(folder)), TextTokenizer.open(folder), **options)

    def score(self, texts: Sequence[str]) -> TextScores:
        """Score texts; their order is kept.

        Raises:
            ResourceError: there is not enough memory.
        """
        tokens = self._tokenizer.encode(texts)
        without_tokens = tokens.content_lengths == 0
        logits = np.full((len(texts), self._class_count), np.nan)
        with _at_work():
            for rows in self._batches(tokens):
                logits[rows] = self._logits([tokens.ids[row] for row in rows])
        return TextScores(softmax(logits), tokens.lengths > self._tokenizer.max_length, without_tokens)

    @property
    def _class_count(self) -> int:
        return int(self._classifier.network.config.num_labels)

    def _batches(self, tokens: TokenizedTexts) -> list[Any]:
        scored = np.flatnonzero(tokens.content_lengths > 0)
        lengths = np.minimum(tokens.lengths[scored], self._tokenizer.max_length)
        budget = 2 * token_budget(self._device)
        return [scored[rows] for rows in batches_by_length(lengths, most_tokens=budget, most_rows=self._most_rows)]

    @torch.inference_mode()
    def _logits(self, ids: Sequence[Any]) -> Any:  # noqa: ANN401 - a numpy array [n, C]
        input_ids, mask = (torch.from_numpy(array).to(self._device) for array in pad(ids, self._tokenizer.pad_id))
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16"):
            return self._classifier(input_ids, mask).cpu().double().numpy()
