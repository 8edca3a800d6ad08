"""What the operating system tells about this process and its machine."""

import os
import sys
from contextlib import suppress
from pathlib import Path


def peak_memory_mib() -> float | None:
    """Return the largest resident memory of this process, in MiB; None where the system does not tell.

    It is that since `forget_peak_memory`, where the system lets us forget, else since the start.
    """
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def forget_peak_memory() -> None:
    """Let the peak be what is resident now; does nothing where the system does not let us.

    By Linux' `/proc/self/clear_refs` (proc(5), value 5).
    """
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def available_memory_mib() -> float | None:
    """Return the memory that can still be taken, in MiB, within a container's limit; None where Linux does not tell."""
    bounds = [bound for bound in (_available_in_system(), _available_in_container()) if bound is not None]
    return round(min(bounds) / 2**20, 1) if bounds else None


def _available_in_system(information: Path = Path("/proc/meminfo")) -> int | None:
    try:
        lines = information.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kib = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return 1024 * int(kib) if kib else None


def _available_in_container(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    try:
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii").strip()
        counts = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
    except OSError:
        return None
    # What files were read into memory goes when memory is wanted.
    files = int(counts.get("inactive_file", 0)) + int(counts.get("active_file", 0))
    return None if limit == "max" else max(0, int(limit) - int(used) + files)


def total_memory_mib() -> float | None:
    """Return the machine's memory in MiB; None where the system does not tell."""
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
