"""What the figures were measured on; prints one line of JSON, for the benchmark itself does not open torch."""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

from benchmarks.table import cpu_class, measured

PACKAGES = ("torch", "transformers", "accelerate", "sentence-transformers", "setfit", "onnxruntime", "heptune")
UNITS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")


def main() -> None:
    """Print the class, the lines that describe the machine, and what a row is marked with."""
    print(json.dumps({"kind": cpu_class(), "lines": describe(), "measured": measured()}))


def describe() -> list[str]:
    """Return the machine and the versions in a few lines of Markdown."""
    import torch

    facts = _cpu_facts()
    units = ", ".join(unit for unit in UNITS if unit in facts.get("flags", "").split())
    model = f"{facts.get('model name', platform.machine())} (family {facts.get('cpu family', '?')}, "
    model += f"model {facts.get('model', '?')})"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    versions = ", ".join(f"{name} {version}" for name in PACKAGES if (version := _version(name)))
    return [
        "The machine of the latest run:",
        "",
        f"- CPU: {model}; {units}",
        f"- {os.cpu_count()} cores, {torch.get_num_threads()} threads of torch, {memory:.1f} GiB of memory",
        f"- {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"- {versions}",
    ]


def _cpu_facts() -> dict[str, str]:
    """Return what Linux tells of the first core; nothing elsewhere."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
