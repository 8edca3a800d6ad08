"""What a linear probe follows of the settings of training."""

from dataclasses import dataclass
from typing import Literal

from heptune.methods.method import TrainingSettings


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """See `TrainingSettings`."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    micro_batch_size: int | None = None
    without: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: TrainingSettings) -> "ProbeSettings":
        """Return those among all settings of training."""
        return cls(settings.precision, settings.micro_batch_size, settings.without)
