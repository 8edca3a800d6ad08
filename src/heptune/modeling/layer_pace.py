"""How long one layer of a transformer takes on this machine, by its shape: no weights have to be there."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional
from torch.optim import AdamW

from heptune.modeling.batching import token_budget
from heptune.modeling.precision import Precision, choose_precision
from heptune.schemas.catalogue import LayerShape

# The first round is not counted: libraries settle in it. Of the others the fastest tells most: who else is at work on
# the machine only makes them slower.
ROUNDS = 3
# Numbers that AdamW moves in the measurement: beyond the caches of CPUs.
OPTIMIZER_NUMBERS = 4_000_000
# Tokens in front of a layer on a CPU: more take longer and tell the same.
CPU_TOKENS = 512
MOST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class MachinePace:
    """How fast one device trains.

    Attributes:
        device: As torch names it.
        precision: Of the matrix products.
        layers: Seconds of one layer for one token, forward and backward, by the layer's shape.
        optimizer: Seconds of AdamW for one trained number.
    """

    device: str
    precision: Precision
    layers: Mapping[LayerShape, float]
    optimizer: float


def measure_pace(shapes: Iterable[LayerShape], *, rows: int, tokens: int, device: torch.device) -> MachinePace:
    """Time one layer of each shape, the smallest first, for some seconds at most.

    What a slow or busy machine does not get round to is taken to be as fast for each weight as the last one was.

    Args:
        shapes: Of the layers.
        rows: Texts of a step.
        tokens: Of each.
        device: Where.
    """
    deadline = time.perf_counter() + MOST_SECONDS
    precision = choose_precision("auto", device).precision
    most = CPU_TOKENS if device.type == "cpu" else token_budget(device)
    rows = max(1, min(rows, most // tokens))
    optimizer = _seconds_of_optimizer(device, deadline)
    layers: dict[LayerShape, float] = {}
    of_weight = 0.0
    for shape in sorted(set(shapes), key=lambda shape: shape.matrix_parameters):
        if not layers or time.perf_counter() < deadline:
            seconds = _seconds_of_layer(shape, rows, tokens, precision, device, deadline)
            of_weight = seconds / (rows * tokens * shape.matrix_parameters)
        layers[shape] = of_weight * shape.matrix_parameters
    return MachinePace(str(device), precision, layers, optimizer)


class PlainLayer(nn.Module):
    """Attention and feed-forward part as in any transformer, with random weights."""

    def __init__(self, shape: LayerShape) -> None:
        super().__init__()
        self.shape = shape
        width, shared = shape.heads * shape.head_width, shape.key_value_heads * shape.head_width
        self.query = nn.Linear(shape.hidden_size, width)
        self.key = nn.Linear(shape.hidden_size, shared)
        self.value = nn.Linear(shape.hidden_size, shared)
        self.out = nn.Linear(width, shape.hidden_size)
        self.up = nn.Linear(shape.hidden_size, shape.intermediate_size)
        self.gate = nn.Linear(shape.hidden_size, shape.intermediate_size) if shape.gated else None
        self.down = nn.Linear(shape.intermediate_size, shape.hidden_size)
        self.norms = nn.ModuleList(nn.LayerNorm(shape.hidden_size) for _norm in range(2))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Take states `[rows, tokens, d]` to states of the same shape."""
        hidden = self.norms[0](hidden + functional.dropout(self._attention(hidden), 0.1))
        inner = functional.gelu(self.up(hidden))
        if self.gate is not None:
            inner = inner * self.gate(hidden)
        return self.norms[1](hidden + functional.dropout(self.down(inner), 0.1))

    def _attention(self, hidden: torch.Tensor) -> torch.Tensor:
        rows, tokens, _width = hidden.shape
        query, key, value = (
            projection(hidden).view(rows, tokens, -1, self.shape.head_width).transpose(1, 2)
            for projection in (self.query, self.key, self.value)
        )
        shares = self.shape.heads != self.shape.key_value_heads
        attended = functional.scaled_dot_product_attention(query, key, value, enable_gqa=shares)
        return self.out(attended.transpose(1, 2).reshape(rows, tokens, -1))


def _seconds_of_layer(
    shape: LayerShape, rows: int, tokens: int, precision: Precision, device: torch.device, deadline: float
) -> float:
    layer = PlainLayer(shape).to(device)
    states = torch.randn(rows, tokens, shape.hidden_size, device=device, requires_grad=True)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = layer(states).float().square().mean()
        loss.backward()
        assert states.grad is not None  # noqa: S101 - just computed
        float(states.grad[0, 0, 0])  # waits for a GPU
        layer.zero_grad()

    return _fewest_seconds(step, deadline)


def _seconds_of_optimizer(device: torch.device, deadline: float) -> float:
    weight = nn.Parameter(torch.zeros(OPTIMIZER_NUMBERS, device=device))
    weight.grad = torch.ones_like(weight)
    optimizer = AdamW([weight], fused=True)

    def step() -> None:
        optimizer.step()
        float(weight.detach()[0])  # waits for a GPU

    return _fewest_seconds(step, deadline) / OPTIMIZER_NUMBERS


def _fewest_seconds(step: Callable[[], None], deadline: float) -> float:
    def seconds() -> float:
        started = time.perf_counter()
        step()
        return time.perf_counter() - started

    seconds()
    fewest = seconds()
    for _round in range(ROUNDS - 1):
        if time.perf_counter() < deadline:
            fewest = min(fewest, seconds())
    return fewest
