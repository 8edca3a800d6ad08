"""How much energy the processors have used, where the machine tells (Linux's powercap, mostly as root alone)."""

from pathlib import Path

_ZONES = Path("/sys/class/powercap")


def used_energy_joules(zones: Path = _ZONES) -> float | None:
    """Return a counter of joules over all processor packages; None where it cannot be read.

    Only differences mean anything; a counter that has wrapped around in between gives a negative one.
    """
    try:
        packages = [zone for zone in sorted(zones.glob("*rapl:[0-9]*")) if _read(zone / "name").startswith("package")]
        counters = [int(_read(zone / "energy_uj")) for zone in packages]
    except (OSError, ValueError):
        return None
    return sum(counters) / 1e6 if counters else None


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
