"""From arrays to tensors on a device."""

from typing import Any

import numpy.typing as npt
import torch


def to_device(array: npt.NDArray[Any], device: torch.device) -> torch.Tensor:
    """Return an array's tensor on a device; CUDA gets it without waiting for what the GPU still has to do."""
    return torch.from_numpy(array).to(device, non_blocking=device.type == "cuda")
