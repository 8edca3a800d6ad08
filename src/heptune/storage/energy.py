"""How much energy the processors have used, where the machine tells (Linux's powercap, mostly as root alone)."""

from pathlib import Path

_ZONES = Path("/sys/class/powercap")


def used_energy_joules(zones: Path = _ZONES) -> float | None:
    """Return a counter of joules over all processor packages; None where it cannot be read.

    Only differences mean anything; a counter that has wrapped around in between gives a negative one.
    """
    try:
        counters = [int((zone / "energy_uj").read_text(encoding="ascii")) for zone in sorted(zones.glob("*rapl:[0-9]"))]
    except (OSError, ValueError):
        return None
    return sum(counters) / 1e6 if counters else None


class EnergyMeter:
    """Measures from its making on."""

    def __init__(self) -> None:
        self._start = used_energy_joules()

    def watt_hours(self) -> float | None:
        """Return what was used since, None where it cannot be told."""
        now = used_energy_joules()
        if now is None or self._start is None or now < self._start:
            return None
        return round((now - self._start) / 3600, 6)
