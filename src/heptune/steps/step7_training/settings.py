"""Settings of step 7."""

from typing import Literal

from pydantic import Field

from heptune.methods.method import TrainingSettings
from heptune.schemas.config import Config, Count, Seed

SpeedupName = Literal[
    "packing", "compact_vocabulary", "fast_dropout", "fused_activations", "kept_memory", "cuda_graphs"
]


class TrainingConfig(Config):
    """How the model learns. What is left out is chosen by size of the model and number of rows."""

    epochs: Count | None = Field(None, description="Passes over the training rows.")
    batch_size: Count | None = Field(None, description="Examples that one optimizer step learns from.")
    micro_batch_size: Count | None = Field(
        None,
        description="Most examples in memory at a time; but for the dropout masks the gradient does not depend on it. "
        "Without it, by tokens.",
    )
    learning_rate: float | None = Field(None, gt=0, description="Highest learning rate.")
    warmup_share: float = Field(0.1, ge=0, lt=1, description="Share of the steps in which the learning rate rises.")
    weight_decay: float = Field(0.01, ge=0, description="Of AdamW; biases and norms are not decayed.")
    max_gradient_norm: float = Field(1.0, gt=0, description="Gradients are scaled down to this norm.")
    adversarial_strength: float | None = Field(
        None,
        ge=0,
        description="Half of the learning is from texts whose embedding is moved this far (in mean norms of the "
        "embedding's rows) to where their loss grows most; twice the time a step. 0 leaves it out.",
    )
    head: Literal["new", "probe"] | None = Field(
        None,
        description="What the last layer begins as: new weights (or those that the model brings), or a linear probe of "
        "the same model. By itself a probe where there are many labels and the model brings no head for them.",
    )
    patience: int = Field(
        3, ge=0, description="Stop after this many epochs without a better one on validation; 0 never stops early."
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", description="Of the matrix products; weights and optimizer stay in fp32. auto is bf16 where it is fast."
    )
    without: tuple[SpeedupName, ...] = Field(
        (),
        description="Speed-ups to leave out, to compare or to find a fault: packing, compact_vocabulary, fast_dropout, "
        "fused_activations, kept_memory, cuda_graphs. What is learnt is the same but for the dropout masks.",
    )
    price_per_hour: float | None = Field(
        None, ge=0, description="What an hour of this machine costs, in any currency; cost is estimated and told in it."
    )
    seed: Seed = Field(42, description="Decides the order of the rows and dropout.")
    seeds: Count = Field(
        1,
        description="Train so often on the same rows, with seeds from seed on, and keep the model that is best on "
        "validation; how far the scores lie apart is told.",
    )

    def settings(self, *, metric: str, max_minutes: float | None) -> TrainingSettings:
        """Return the settings for a method."""
        return TrainingSettings(**self.model_dump(exclude={"seeds"}), metric=metric, max_minutes=max_minutes)
