"""Whether matrix products run in bf16 or fp32 on this machine."""

from dataclasses import dataclass
from typing import Literal

import torch

from heptune.errors import UsageError
from heptune.i18n import Sentence, _

Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, slots=True)
class ChosenPrecision:
    """The precision and why, in a sentence."""

    precision: Precision
    reason: Sentence


def choose_precision(asked: Literal["auto", "fp32", "bf16"], device: torch.device) -> ChosenPrecision:
    """Take the precision as asked, or bf16 where the hardware multiplies it fast.

    On a CPU without bf16 tiles bf16 has been up to 90 times slower than fp32 (pytorch issue 118499).

    Raises:
        UsageError: bf16 is asked for on a device that cannot compute in it.
    """
    if asked == "fp32":
        return ChosenPrecision("fp32", _("as given"))
    able, reason = _bf16_support(device)
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


def _bf16_support(device: torch.device) -> tuple[bool, Sentence]:
    if device.type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return able, _("the GPU computes in bf16") if able else _("the GPU does not compute in bf16")
    if device.type == "cpu":
        able = bool(torch.cpu.get_capabilities().get("amx_bf16", False))
        return able, _("the CPU has bf16 tiles") if able else _("the CPU has no bf16 tiles")
    return False, _("fp32 on this kind of device")
