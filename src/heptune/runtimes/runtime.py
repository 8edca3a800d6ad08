"""What every way to predict gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from heptune.schemas.scoring import ScoringRecord


@dataclass(frozen=True, slots=True)
class TextScores:
    """Scores of some texts, in their order.

    Attributes:
        probabilities: float64 `[n, C]`, each row a distribution; of a text without tokens, nan.
        truncated: Whether a text was longer than the limit, `[n]`.
        without_tokens: Whether a text yields nothing to score, `[n]`.
    """

    probabilities: npt.NDArray[np.float64]
    truncated: npt.NDArray[np.bool_]
    without_tokens: npt.NDArray[np.bool_]


class Runtime(Protocol):
    """Scores texts with a classifier that was saved; the answer for a text depends on that text alone."""

    def score(self, texts: Sequence[str]) -> TextScores:
        """Score texts; their order is kept."""
        ...

    @property
    def record(self) -> ScoringRecord | None:
        """How the last texts were scored; None before the first, and where there is no network."""
        ...

    def bf16_difference(self, texts: Sequence[str]) -> float | None:
        """Return the largest difference of a probability between bf16 and fp32; None where there is no choice."""
        ...


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the distribution that belongs to each row of logits `[n, C]`."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
