"""Settings that nobody has to tune: by size of the model and number of training rows.

Learning rate and batch size for small models come from trials on validation rows of two English data sets under 1,000
rows; the rest is the field's custom and still to be tried.
"""

from dataclasses import dataclass

from heptune.methods.method import TrainingSettings


@dataclass(frozen=True, slots=True)
class ResolvedSettings:
    """Training settings with nothing left open; see `TrainingSettings`."""

    epochs: int
    batch_size: int
    micro_batch_size: int | None
    learning_rate: float
    warmup_share: float
    weight_decay: float
    max_gradient_norm: float
    patience: int
    seed: int
    metric: str
    max_minutes: float | None


def resolve_settings(settings: TrainingSettings, *, parameters: int, rows: int) -> ResolvedSettings:
    """Fill in what the user left open."""
    return ResolvedSettings(
        epochs=settings.epochs or default_epochs(rows),
        batch_size=settings.batch_size or default_batch_size(rows),
        micro_batch_size=settings.micro_batch_size,
        learning_rate=settings.learning_rate or default_learning_rate(parameters),
        warmup_share=settings.warmup_share,
        weight_decay=settings.weight_decay,
        max_gradient_norm=settings.max_gradient_norm,
        patience=settings.patience,
        seed=settings.seed,
        metric=settings.metric,
        max_minutes=settings.max_minutes,
    )


def default_epochs(rows: int) -> int:
    """Return how often the rows are seen: few rows need more passes."""
    if rows < 3_000:
        return 6
    return 4 if rows < 15_000 else 2


def default_batch_size(rows: int) -> int:
    """Return how many examples a step learns from: few rows need more steps."""
    return 16 if rows < 5_000 else 32


def default_learning_rate(parameters: int) -> float:
    """Return the highest learning rate: the larger the model, the smaller the steps."""
    if parameters < 60_000_000:
        return 1e-4
    return 5e-5 if parameters < 250_000_000 else 2e-5
