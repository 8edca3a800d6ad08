"""Which runtime opens which bundle."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from heptune.bundle.layout import PrecisionName, RuntimeName
from heptune.errors import MissingError
from heptune.i18n import _
from heptune.runtimes.runtime import Runtime
from heptune.runtimes.tfidf_runtime import TfidfRuntime


def open_runtime(
    name: RuntimeName,
    folder: Path,
    *,
    precision: Literal["auto", "fp32", "bf16"],
    exported_precision: PrecisionName = "fp32",
    bf16_difference: float | None = None,
    most_rows: int | None = None,
    without: Collection[str] = (),
) -> Runtime:
    """Open the runtime of a bundle.

    Args:
        name: Which one.
        folder: The bundle.
        precision: Of the matrix products of a network on torch.
        exported_precision: Of those of an ONNX export.
        bf16_difference: Largest difference of a probability between bf16 and fp32 that was seen; None where nobody
            looked. It decides where precision is `auto`.
        most_rows: Most texts of a network's batch; None leaves it to the token budget.
        without: Names of speed-ups that are left out.

    Raises:
        MissingError: it needs an extra that is not installed.
        InvalidInputError: its files cannot be read.
        UsageError: the device does not compute in this precision.
    """
    if name == "tfidf":
        return TfidfRuntime.open(folder)
    if name == "onnx":
        try:
            from heptune.runtimes.onnx_runtime import OnnxRuntime
        except ModuleNotFoundError as error:
            raise _missing_extra(folder, error, expected="onnxruntime, tokenizers", extra="onnx") from error
        return OnnxRuntime.open(folder, precision=exported_precision, most_rows=most_rows)
    try:
        from heptune.runtimes.torch_runtime import TorchRuntime, best_device, choose_scoring_precision
    except ModuleNotFoundError as error:
        raise _missing_extra(folder, error, expected="torch, transformers, tokenizers", extra="train") from error
    device = best_device()
    chosen = choose_scoring_precision(precision, device, bf16_difference=bf16_difference)
    return TorchRuntime.open(folder, precision=chosen, device=device, most_rows=most_rows, without=without)


def _missing_extra(folder: Path, error: ModuleNotFoundError, *, expected: str, extra: str) -> MissingError:
    return MissingError(
        _("This bundle needs packages that are not installed."),
        code="missing_extra",
        where=str(folder),
        expected=expected,
        found=_("missing: {names}", names=error.name),
        remedy=f'pip install "heptune[{extra}]"',
    )
