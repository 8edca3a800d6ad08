"""How much memory training will take, by formula."""

from dataclasses import dataclass
from typing import Any

import torch

from heptune.storage.process import available_memory_mib, forget_peak_memory, peak_memory_mib

# fp32 weight, gradient, AdamW's two moments, and the weights of the best epoch.
BYTES_PER_PARAMETER = 20
# In bf16 besides: the weights in it, and those with which the epoch began.
BYTES_PER_PARAMETER_IN_BF16 = 6
# Activations of a transformer layer kept for the backward pass: about 34 bytes per token and hidden unit, and 5 per
# pair of tokens and head, at 16 bit (Korthikanti et al., arXiv 2205.05198), twice that in fp32.
ACTIVATION_BYTES = 34
ATTENTION_BYTES = 5


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """What the memory of a network's activations depends on.

    Attributes:
        hidden_size: Width of a token's state.
        heads: Of attention.
        layers: How many there are.
    """

    hidden_size: int
    heads: int
    layers: int

    @classmethod
    def of(cls, config: Any) -> "NetworkSize":  # noqa: ANN401 - untyped library
        """Return the size that transformers' config of a network tells."""
        text = config.get_text_config()
        return cls(text.hidden_size, text.num_attention_heads, text.num_hidden_layers)


def training_memory_mib(parameters: int, size: NetworkSize, *, tokens: int, longest: int, bf16: bool) -> float:
    """Return an estimate of the memory of training, in MiB.

    Args:
        parameters: Trained parameters.
        size: Of the network.
        tokens: Tokens in memory at a time, padding included.
        longest: Tokens of the longest text; attention keeps a weight for each pair.
        bf16: Whether matrix products run in bf16.
    """
    of_token = ACTIVATION_BYTES * size.hidden_size + ATTENTION_BYTES * size.heads * longest
    per_token = of_token * (1 if bf16 else 2) * size.layers
    weights = parameters * (BYTES_PER_PARAMETER + (BYTES_PER_PARAMETER_IN_BF16 if bf16 else 0))
    return round((weights + tokens * per_token) / 2**20, 1)


def forget_peak(device: torch.device) -> None:
    """Let the peak of memory begin anew; does nothing where the system does not let us."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    else:
        forget_peak_memory()


def peak_mib(device: torch.device) -> float | None:
    """Return the peak of memory in MiB, on a GPU of CUDA the GPU's; None where the system does not tell."""
    if device.type == "cuda":
        return round(torch.cuda.max_memory_reserved(device) / 2**20, 1)
    return peak_memory_mib()


def available_mib(device: torch.device) -> float | None:
    """Return the memory that can still be had on a device, in MiB; None where the system does not tell."""
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return (free + kept) / 2**20
    return available_memory_mib() if device.type == "cpu" else None
