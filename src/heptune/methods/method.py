"""What every way to learn can do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.i18n import Sentence
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.model import ModelInfo
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train; None leaves a setting to the method.

    Attributes:
        epochs: Passes over the training rows.
        batch_size: Examples an optimizer step learns from.
        micro_batch_size: Examples in memory at a time; but for the dropout masks the gradient does not depend on it.
        learning_rate: Its highest value.
        warmup_share: Share of the steps in which the learning rate rises.
        weight_decay: Of AdamW.
        max_gradient_norm: Gradients are scaled down to this norm.
        adversarial_strength: Half of the learning is from texts whose embedding is moved this far, in mean norms of the
            embedding's rows, to where their loss grows most; 0 leaves it out.
        head: What the last layer begins as: `new` weights or those of a linear `probe`; None leaves it to the method.
        patience: Stop after this many epochs without a better one; 0 never stops early.
        precision: Of the matrix products.
        without: Names of speed-ups that are left out; but for the dropout masks nothing that is learnt depends on them.
        seed: Of order and dropout.
        metric: Chooses the best epoch on validation.
        max_minutes: Training stops after this time.
        price_per_hour: Of the machine, in any currency; nothing that is learnt depends on it.
    """

    epochs: int | None
    batch_size: int | None
    micro_batch_size: int | None
    learning_rate: float | None
    warmup_share: float
    weight_decay: float
    max_gradient_norm: float
    adversarial_strength: float | None
    head: Literal["new", "probe"] | None
    patience: int
    precision: Literal["auto", "fp32", "bf16"]
    without: tuple[str, ...]
    seed: int
    metric: str
    max_minutes: float | None
    price_per_hour: float | None


@dataclass(frozen=True, slots=True)
class Watch:
    """How a method speaks while it works.

    Attributes:
        check: Polled in every loop; raises where the run is to stop.
        progress: Told what goes on, with JSON-able details.
        notice: Tells the user a sentence.
    """

    check: Callable[[], None]
    progress: Callable[..., None]
    notice: Callable[[str], None]


class Method(Protocol):
    """A way to learn: encode, initialize, fit, predict_proba, save, in this order."""

    name: str

    def encode(self, splits: Mapping[str, pa.Table], folder: Path, *, max_length: int | None) -> TokenizedDataset:
        """Bring the texts of all splits into the form that `fit` reads, below `folder`.

        Args:
            splits: Rows with the columns `text` and `label` (inner class id), by split.
            folder: An empty folder; `fit` gets it again.
            max_length: Longest sequence in tokens; None leaves it to the method.
        """
        ...

    def initialize(self, encoded: Path, *, seed: int) -> ModelInfo:
        """Make the model that will learn; the same seed makes the same model."""
        ...

    def estimate(
        self, splits: Mapping[str, pa.Table], encoded: Path, settings: TrainingSettings, watch: Watch
    ) -> TrainingEstimate | None:
        """Tell what `fit` will take, before it; None where it takes next to nothing."""
        ...

    def fit(
        self,
        splits: Mapping[str, pa.Table],
        encoded: Path,
        settings: TrainingSettings,
        watch: Watch,
        *,
        probe: Path | None = None,
    ) -> FitReport:
        """Learn from `train`, choose on `validation`, touch nothing else.

        Args:
            splits: As for `encode`.
            encoded: What `encode` wrote.
            settings: How to train.
            watch: Polled and told.
            probe: Folder with the last layer of a linear probe of the same model, rows and seed, where there is one.
        """
        ...

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order; nan for a text without tokens."""
        ...

    def fold_temperature(self, temperature: float) -> Sentence | None:
        """Divide the class scores by a temperature, for good, in the weights of the last layer.

        Returns:
            Why that cannot be done; None where it was.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write the files that the method's runtime opens."""
        ...
