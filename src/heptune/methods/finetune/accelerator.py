"""Accelerate with our settings alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from accelerate import Accelerator

# What its launcher, torchrun and MPI leave for their own jobs: accumulation, precision, devices, other processes.
_PREFIXES = ("ACCELERATE_", "FSDP_", "OMPI_", "PMI_", "MV2_")
_NAMES = ("LOCAL_RANK", "RANK", "WORLD_SIZE")


def make_accelerator(device: torch.device) -> Accelerator:
    """Return an accelerator for one device that leaves gradients and precision as they are."""
    with _without_launchers_settings():
        return Accelerator(cpu=device.type == "cpu", mixed_precision="no")


@contextmanager
def _without_launchers_settings() -> Iterator[None]:
    hidden = {name: value for name, value in os.environ.items() if name.startswith(_PREFIXES) or name in _NAMES}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
