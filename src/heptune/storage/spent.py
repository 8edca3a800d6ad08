"""What some work took: time, and energy where the machine tells it."""

import time
from dataclasses import dataclass

from heptune.storage.energy import used_energy_joules

JOULES_PER_WATT_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds, and watt hours or None where they cannot be told."""

    seconds: float
    watt_hours: float | None

    def __add__(self, other: "Spent") -> "Spent":
        """Return both together; what is unknown of one of them stays unknown."""
        known = None if self.watt_hours is None or other.watt_hours is None else self.watt_hours + other.watt_hours
        return Spent(self.seconds + other.seconds, known)


NOTHING = Spent(0.0, 0.0)


class Meter:
    """Measures from its making on.

    Args:
        device_type: Where the work is done; only the energy of a `cpu` can be told.
    """

    def __init__(self, device_type: str) -> None:
        self._joules = used_energy_joules() if device_type == "cpu" else None
        self._began = time.perf_counter()

    def spent(self) -> Spent:
        """Return what was spent since."""
        seconds = time.perf_counter() - self._began
        now = used_energy_joules() if self._joules is not None else None
        if now is None or self._joules is None or now < self._joules:  # a counter that has wrapped around tells nothing
            return Spent(seconds, None)
        return Spent(seconds, round((now - self._joules) / JOULES_PER_WATT_HOUR, 6))
