"""Predicting with a transformer on torch: windows sorted by length, nothing computed twice, bf16 where it agrees."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from heptune.i18n import _
from heptune.modeling.batching import batches_by_length, token_budget
from heptune.modeling.compat import network_at_work
from heptune.modeling.layout import ChosenLayout, Layout, choose_layout
from heptune.modeling.loading import open_saved_network
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import ChosenPrecision, Precision, choose_precision
from heptune.modeling.speedups.at_work import SpeedupsAtWork
from heptune.modeling.speedups.fused_activations import FusedActivations
from heptune.modeling.speedups.kept_memory import KeptMemory
from heptune.modeling.tokenizing import TextTokenizer, TokenizedTexts
from heptune.runtimes.runtime import TextScores, softmax
from heptune.schemas.scoring import ScoringRecord

# bf16 agrees with fp32 where no probability differs by more than this: classes change places only where they are close.
BF16_TOLERANCE = 0.05
# Of several lengths: packed and padded they have to score the same.
LAYOUT_TEXTS = ("yes", "it came late", "很好", "the box was open and half of it was gone", "送来时已经坏了", "no " * 40)
# Speed-ups change settings of the whole process while they are at work.
_ONE_AT_A_TIME = Lock()


def best_device() -> torch.device:
    """Return the accelerator where torch finds one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def choose_scoring_precision(
    asked: Literal["auto", "fp32", "bf16"], device: torch.device, *, bf16_difference: float | None
) -> ChosenPrecision:
    """Take the precision as asked, or bf16 where it is fast and has shown itself to agree with fp32.

    Args:
        asked: By the caller.
        device: Where the network computes.
        bf16_difference: Largest difference of a probability between the two that was seen; None where nobody looked.

    Raises:
        UsageError: bf16 is asked for on a device that cannot compute in it.
    """
    if asked != "auto":
        return choose_precision(asked, device)
    if bf16_difference is None:
        return ChosenPrecision("fp32", _("nobody has seen bf16 agree with fp32 for this model"))
    if not bf16_difference <= BF16_TOLERANCE:
        return ChosenPrecision("fp32", _("bf16 differs from fp32 by {difference:.2f}", difference=bf16_difference))
    return choose_precision("auto", device)


def _at_work() -> AbstractContextManager[None]:
    return network_at_work(_("Train a smaller model, or with a smaller tokens.max_length."))


class TorchRuntime:
    """Scores texts with a network.

    Threads may share it; in one process networks compute one after the other.

    Args:
        classifier: The network with its pooling.
        tokenizer: The tokenizer that ships with it.
        precision: Of the matrix products; None is fp32.
        device: Where it runs.
        most_rows: Most texts of a batch; None leaves it to the token budget.
        without: Names of speed-ups that are left out.

    Raises:
        ResourceError: there is not enough memory.
    """

    def __init__(
        self,
        classifier: PooledClassifier,
        tokenizer: TextTokenizer,
        *,
        precision: ChosenPrecision | None = None,
        device: torch.device | None = None,
        most_rows: int | None = None,
        without: Collection[str] = (),
    ) -> None:
        self._device = device or best_device()
        with _at_work():
            self._classifier = classifier.eval().to(self._device)
        self._tokenizer = tokenizer
        self._precision = precision or ChosenPrecision("fp32", _("as given"))
        self._most_rows = most_rows
        self._without = without
        self._layout: ChosenLayout | None = None
        self._record: ScoringRecord | None = None

    @classmethod
    def open(cls, folder: Path, **options: Any) -> "TorchRuntime":  # noqa: ANN401 - the constructor's own
        """Open the network and the tokenizer of a bundle.

        Raises:
            InvalidInputError: its files cannot be read.
        """
        return cls(PooledClassifier(open_saved_network(folder)), TextTokenizer.open(folder), **options)

    @property
    def record(self) -> ScoringRecord | None:
        """How the last texts were scored; None before the first."""
        return self._record

    def score(self, texts: Sequence[str]) -> TextScores:
        """Score texts; their order is kept, and the same text is scored once.

        Raises:
            ResourceError: there is not enough memory.
        """
        numbers: dict[str, int] = {}
        rows = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.intp)
        tokens = self._tokenizer.encode(list(numbers))
        probabilities = softmax(self._logits(tokens, self._precision.precision))
        too_long = tokens.lengths > self._tokenizer.max_length
        return TextScores(probabilities[rows], too_long[rows], (tokens.content_lengths == 0)[rows])

    def bf16_difference(self, texts: Sequence[str]) -> float | None:
        """Return the largest difference of a probability between bf16 and fp32.

        None where no text has a token, and where bf16 is not fast: without a unit for it even a look would take long.
        Not a number where one of the two gives none.
        """
        if not texts or choose_precision("auto", self._device).precision != "bf16":
            return None
        tokens = self._tokenizer.encode(texts)
        scored = tokens.content_lengths > 0
        if not scored.any():
            return None
        one, other = (softmax(self._logits(tokens, precision))[scored] for precision in ("fp32", "bf16"))
        return float(np.abs(one - other).max())

    def _logits(self, tokens: TokenizedTexts, precision: Precision) -> npt.NDArray[np.float64]:
        """Return logits `[n, C]`; nan for a text without tokens."""
        logits = np.full((len(tokens.ids), self._class_count), np.nan)
        batches = self._batches(tokens)
        if not batches:
            return logits
        with _ONE_AT_A_TIME, _at_work(), torch.inference_mode(), SpeedupsAtWork(self._without) as speedups:
            if len(batches) > 1:
                speedups.take(KeptMemory(self._device))
            else:
                speedups.note(KeptMemory.name, _("there is no next batch that it would serve"))
            speedups.take(FusedActivations(self._classifier.network))
            layout = self._choose_layout([tokens.ids[row] for row in batches[-1]], speedups)
            # One context for all: within it torch casts each weight once.
            with torch.autocast(self._device.type, torch.bfloat16, enabled=precision == "bf16"):
                scores = [layout.logits(layout.lay([tokens.ids[row] for row in rows])) for rows in batches]
            logits[np.concatenate(batches)] = torch.cat(scores).cpu().double().numpy()
            self._record = ScoringRecord(
                precision=precision, precision_reason=self._precision.reason, speedups=speedups.records
            )
        return logits

    def _choose_layout(self, first: list[npt.NDArray[np.int32]], speedups: SpeedupsAtWork) -> Layout:
        """Choose it once, by texts of our own: it is that of all texts, whichever come first."""
        if self._layout is None:
            own = self._tokenizer.encode(LAYOUT_TEXTS)
            known = [ids for ids, length in zip(own.ids, own.content_lengths, strict=True) if length]
            self._layout = choose_layout(
                self._classifier,
                known or first,
                pad_id=self._tokenizer.pad_id,
                device=self._device,
                packing=not speedups.leaves_out("packing"),
            )
        speedups.note("packing", self._layout.why_not_packed)
        return self._layout.layout

    @property
    def _class_count(self) -> int:
        return int(self._classifier.network.config.num_labels)

    def _batches(self, tokens: TokenizedTexts) -> list[Any]:
        scored = np.flatnonzero(tokens.content_lengths > 0)
        lengths = np.minimum(tokens.lengths[scored], self._tokenizer.max_length)
        budget = 2 * token_budget(self._device)
        return [scored[rows] for rows in batches_by_length(lengths, most_tokens=budget, most_rows=self._most_rows)]
