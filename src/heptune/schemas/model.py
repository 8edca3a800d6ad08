"""Step 5's result: the model that will learn."""

from typing import ClassVar

from heptune.schemas.record import StepResult
from heptune.schemas.sentence import StoredSentence


class ModelInfo(StepResult):
    """What will be trained.

    Attributes:
        method: How it learns.
        architecture: The network's class, or the linear model's.
        head: Which weights are new.
        pooling: How a text becomes one vector.
        parameters: All weights.
        trainable_parameters: Those that are trained.
        dtype: Of the master weights.
        seed: Of the new weights.
        memory_estimate_mib: Peak memory of training in MiB, by formula (see `modeling/memory.py`) and in the precision
            that `auto` takes on this machine; None where unknown.
        padding_difference: Largest difference in probability between a text alone and in a padded batch; None where
            nothing is padded.
    """

    step_number: ClassVar[int] = 5
    step_name: ClassVar[str] = "model"

    method: str
    architecture: str
    head: StoredSentence
    pooling: StoredSentence
    parameters: int | None
    trainable_parameters: int | None
    dtype: str
    seed: int
    memory_estimate_mib: float | None
    padding_difference: float | None
