"""Settings that nobody has to tune: by size of the model and number of training rows.

For small models they come from trials on validation rows of four data sets: tweets (3 labels, 1,000 and 27,000 rows),
banking77 (77 labels), waimai_10k (Chinese) and sst2 cut to 450 rows; `benchmarks/NOTES.md` and `benchmarks/results`
have the figures. For larger models they are the field's custom, still to be tried.
"""

from dataclasses import dataclass
from typing import Literal

from heptune.methods.method import TrainingSettings

# From this many training rows on, there are steps enough for small ones.
LARGE = 15_000
# With fewer, more passes are needed.
FEW = 600
# From this many on, moving texts pays.
ENOUGH_TO_MOVE = 3_000
# Small models have fewer weights than this.
SMALL_MODEL = 60_000_000
MANY_LABELS = 50


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
    adversarial_strength: float
    head: Literal["new", "probe"]
    patience: int
    seed: int
    metric: str
    max_minutes: float | None
    price_per_hour: float | None


def resolve_settings(
    settings: TrainingSettings, *, parameters: int, rows: int, labels: int, new_head: bool = True
) -> ResolvedSettings:
    """Fill in what the user left open.

    Args:
        settings: The user's.
        parameters: Weights of the model.
        rows: Training rows.
        labels: How many there are.
        new_head: Whether the model comes without a head for these labels.
    """
    head = settings.head or default_head(labels, new_head=new_head)
    strength = settings.adversarial_strength
    if strength is None:
        strength = default_adversarial_strength(parameters, rows, labels)
    return ResolvedSettings(
        epochs=settings.epochs or default_epochs(rows, labels, moved=strength > 0, head=head),
        batch_size=settings.batch_size or default_batch_size(rows),
        micro_batch_size=settings.micro_batch_size,
        learning_rate=settings.learning_rate or default_learning_rate(parameters, rows, labels),
        warmup_share=settings.warmup_share,
        weight_decay=settings.weight_decay,
        max_gradient_norm=settings.max_gradient_norm,
        adversarial_strength=strength,
        head=head,
        patience=settings.patience,
        seed=settings.seed,
        metric=settings.metric,
        max_minutes=settings.max_minutes,
        price_per_hour=settings.price_per_hour,
    )


def default_epochs(rows: int, labels: int, *, moved: bool, head: Literal["new", "probe"]) -> int:
    """Return how often the rows are seen: few rows, or few for each label, need more passes.

    A head that begins as a probe knows the labels already. Texts that are moved as well are learnt from twice in each.
    """
    if head == "new" and rows < max(FEW, 200 * labels):
        return 6
    if head == "new" and not moved and rows < LARGE:
        return 4
    return 3 if rows < 100_000 else 2


def default_batch_size(rows: int) -> int:
    """Return how many examples a step learns from: few rows need more steps."""
    return 16 if rows < 5_000 else 32


def default_learning_rate(parameters: int, rows: int, labels: int) -> float:
    """Return the highest learning rate: the larger the model, the smaller the steps.

    Small models take larger steps to many labels, which leave few rows to each, and smaller ones where the rows suffice
    for many steps.
    """
    if parameters >= SMALL_MODEL:
        return 5e-5 if parameters < 250_000_000 else 2e-5
    if labels >= MANY_LABELS:
        return 2e-4
    return 1e-4 if rows < LARGE else 5e-5


def default_adversarial_strength(parameters: int, rows: int, labels: int) -> float:
    """Return how far texts are moved.

    Small models gain a point of accuracy and surer probabilities where the rows suffice; with fewer, half a point for
    three times the time, and to many labels plain epochs bring more for the same time. Larger models are untried.
    """
    return 0.1 if parameters < SMALL_MODEL and rows >= ENOUGH_TO_MOVE and labels < MANY_LABELS else 0.0


def default_head(labels: int, *, new_head: bool) -> Literal["new", "probe"]:
    """Return what the last layer begins as.

    With many labels a probe is worth more than twice the epochs; with few it overfits sooner and gains nothing. A head
    that came with the model is left as it is.
    """
    return "probe" if new_head and labels >= MANY_LABELS else "new"
