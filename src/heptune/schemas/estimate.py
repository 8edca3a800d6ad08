"""What training will take, before it starts."""

from heptune.schemas.record import Record


class TrainingEstimate(Record):
    """Foretold from a few steps that were timed and undone.

    Attributes:
        seconds: Of the training alone, all epochs, validation included.
        seconds_low: The same at the pace of the fastest timed step, less a tenth.
        seconds_high: The same at the pace of the slowest one, and a fifth more.
        peak_memory_mib: Largest memory of the process in MiB; None where the system does not tell.
        energy_wh: In watt hours; None where the machine does not tell.
        cost: In the currency of `training.price_per_hour`; None without a price.
        timed_steps: Steps that were timed; of a linear probe, batches of texts.
        steps: Steps that training will do unless it stops early.
    """

    seconds: float
    seconds_low: float
    seconds_high: float
    peak_memory_mib: float | None
    energy_wh: float | None
    cost: float | None
    timed_steps: int
    steps: int
