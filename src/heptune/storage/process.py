"""What the operating system tells about this process and its machine."""

import os
import sys
from contextlib import suppress
from pathlib import Path

# Files of a control group with its limit and what is used, and how counts begin that include the groups below it.
_VERSION_2 = ("memory.max", "memory.current", "")
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")


def peak_memory_mib() -> float | None:
    """Return the largest resident memory of this process, in MiB; None where the system does not tell.

    It is that since `forget_peak_memory`, where the system lets us forget, else since the start.
    """
    if sys.platform == "win32":
        return None
    if (own := _peak_of_program()) is not None:
        return own
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _peak_of_program(status: Path = Path("/proc/self/status")) -> float | None:
    """Return what Linux counts for this program alone, in MiB; rusage counts what its parent had when it began, too."""
    try:
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    kib = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return round(int(kib) / 2**10, 1) if kib else None


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


def _available_in_container(mounts: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int | None:
    """Return the least that is left in any control group that this process is in (Linux' cgroups(7), versions 1 and 2).

    Args:
        mounts: Where the groups are mounted; those of version 1 by controller.
        own: Tells the process's own groups, a line `number:controllers:/path` for each hierarchy.
    """
    try:
        lines = [line.split(":", 2) for line in own.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    groups = []
    for _number, controllers, path in lines:
        if not controllers:
            groups.append((mounts, path, _VERSION_2))
        elif "memory" in controllers.split(","):
            groups.append((mounts / "memory", path, _VERSION_1))
    bounds = []
    for mount, path, names in groups:
        folder = mount / path.lstrip("/")
        # Inside of a container the path may be that outside, while its own group is mounted as the root.
        within = [folder, *folder.parents][: len(folder.relative_to(mount).parts)]
        bounds += [_available_in_group(group, *names) for group in (*within, mount)]
    known = [bound for bound in bounds if bound is not None]
    return min(known) if known else None


def _available_in_group(folder: Path, limit_name: str, used_name: str, files_prefix: str) -> int | None:
    try:
        limit = (folder / limit_name).read_text(encoding="ascii").strip()
        used = (folder / used_name).read_text(encoding="ascii").strip()
        counts = dict(line.split() for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines())
    except OSError:
        return None
    # What files were read into memory goes when memory is wanted.
    files = sum(int(counts.get(f"{files_prefix}{kind}_file", 0)) for kind in ("inactive", "active"))
    return None if limit == "max" else max(0, int(limit) - int(used) + files)


def total_memory_mib() -> float | None:
    """Return the machine's memory in MiB; None where the system does not tell."""
    if sys.platform == "win32" or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def processor_name(information: Path = Path("/proc/cpuinfo")) -> str | None:
    """Return what the processor calls itself; None where Linux does not tell."""
    try:
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)
