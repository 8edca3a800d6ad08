"""The last layer of a linear probe as a file: weights `[C, d]` and bias `[C]`, in fp32."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from heptune.storage.hidden_errors import unhidden_system_errors

HEAD_FILE = "head.safetensors"


def save_head(layer: nn.Linear, folder: Path) -> None:
    """Write the weights of a last layer.

    Raises:
        OSError: the disk is full, or the folder does not let us write.
    """
    with unhidden_system_errors(SafetensorError):
        save_file({name: weight.detach().cpu() for name, weight in layer.named_parameters()}, folder / HEAD_FILE)


@torch.no_grad()
def open_head(layer: nn.Linear, folder: Path) -> None:
    """Give a layer the weights that `save_head` wrote for one of its shape."""
    layer.load_state_dict(load_file(folder / HEAD_FILE))
