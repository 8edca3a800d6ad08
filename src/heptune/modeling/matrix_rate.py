"""How much of the machine's best rate training reaches."""

import time
from functools import cache
from typing import Any

import torch
from torch import nn

from heptune.modeling.precision import Precision

# Large enough for the best rate, small enough for a moment.
CPU_SIZE, GPU_SIZE = 1_536, 8_192
ROUNDS = 3


def matrix_parameters(network: Any) -> int:  # noqa: ANN401 - untyped library
    """Return how many weights stand in matrix products: all but embeddings and vectors."""
    looked_up = {id(module.weight) for module in network.modules() if isinstance(module, nn.Embedding)}
    weights = (weight for weight in network.parameters() if weight.ndim >= 2 and id(weight) not in looked_up)
    return sum(weight.numel() for weight in weights)


def training_flops(parameters: int, tokens: int) -> int:
    """Return the model's floating-point operations for training on tokens: 2 forward and 4 backward a weight.

    The count of Kaplan et al. (arXiv 2001.08361), attention's own products left out.
    """
    return 6 * parameters * tokens


@cache
def best_matrix_rate(precision: Precision, device_type: str) -> float:
    """Return the FLOPs a second of one large matrix product; takes some tenths of a second the first time."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    size = CPU_SIZE if device_type == "cpu" else GPU_SIZE
    one = torch.ones(size, size, dtype=dtype, device=device_type)

    def seconds() -> float:
        started = time.perf_counter()
        _wait_for(one @ one)
        return time.perf_counter() - started

    with torch.inference_mode():
        seconds()
        return 2 * size**3 / min(seconds() for _round in range(ROUNDS))


def _wait_for(product: torch.Tensor) -> None:
    float(product[0, 0])
