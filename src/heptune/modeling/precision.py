"""Whether matrix products run in bf16 or fp32 on this machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

import torch
from torch.nn import functional

from heptune.errors import UsageError
from heptune.i18n import Sentence, _

Precision = Literal["fp32", "bf16"]
# Units of x86 CPUs for it, as `torch.cpu.get_capabilities` names them: tiles, and products of vectors.
BF16_UNITS = ("amx_bf16", "avx512_bf16")
# The shape of a layer of a base model in front of a micro-batch.
ROWS, WIDTH = 512, 768
ROUNDS = 9
# Casts and what stays in fp32 eat up a smaller gain.
WINNING_RATIO = 1.3


@dataclass(frozen=True, slots=True)
class ChosenPrecision:
    """The precision and why, in a sentence."""

    precision: Precision
    reason: Sentence


def choose_precision(asked: Literal["auto", "fp32", "bf16"], device: torch.device) -> ChosenPrecision:
    """Take the precision as asked, or bf16 where it has shown itself fast.

    On a CPU without a unit for it bf16 has been up to 90 times slower than fp32 (pytorch issue 118499), so there it is
    not even tried.

    Raises:
        UsageError: bf16 is asked for on a device that cannot compute in it.
    """
    if asked == "fp32":
        return ChosenPrecision("fp32", _("as given"))
    able, reason = _bf16_support(device.type)
    if asked == "auto":
        return ChosenPrecision("bf16" if able else "fp32", reason)
    if device.type == "mps" or (device.type == "cuda" and not able):
        raise UsageError(
            _("This device does not compute in bf16."),
            code="no_bf16",
            where="training.precision",
            found=str(device),
            remedy=_("Use --precision auto or fp32."),
        )
    return ChosenPrecision("bf16", _("as given"))


@cache
def _bf16_support(device_type: str) -> tuple[bool, Sentence]:
    if device_type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return able, _("the GPU computes in bf16") if able else _("the GPU does not compute in bf16")
    if device_type != "cpu":
        return False, _("fp32 on this kind of device")
    if not any(torch.cpu.get_capabilities().get(name, False) for name in BF16_UNITS):
        return False, _("the CPU has no bf16 unit")
    ratio = race()
    reason = _("bf16 multiplies {ratio:.1f} times as fast as fp32 on this CPU", ratio=ratio)
    return ratio >= WINNING_RATIO, reason


def race() -> float:
    """Return how much faster a layer's matrix product is in bf16 than in fp32, casts included; takes some 30 ms."""
    states, weight = torch.ones(ROWS, WIDTH), torch.ones(WIDTH, WIDTH)

    def seconds(*, bf16: bool) -> float:
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            functional.linear(states, weight)
        return time.perf_counter() - started

    with torch.inference_mode(), _one_thread():
        seconds(bf16=True), seconds(bf16=False)  # what is done once for all
        rounds = [(seconds(bf16=False), seconds(bf16=True)) for _round in range(ROUNDS)]
    # The fastest of each: who else is at work on the machine only makes them slower.
    fp32, bf16 = (min(times) for times in zip(*rounds, strict=True))
    return fp32 / bf16


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one core during the block: where others are at work, several would wait for each other."""
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)
