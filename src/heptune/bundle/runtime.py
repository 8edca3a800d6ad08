"""Which runtime opens which bundle."""

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from heptune.bundle.layout import RuntimeName
from heptune.errors import MissingError
from heptune.i18n import _
from heptune.runtimes.runtime import Runtime
from heptune.runtimes.tfidf_runtime import TfidfRuntime


def open_runtime(
    name: RuntimeName,
    folder: Path,
    *,
    precision: Literal["auto", "fp32", "bf16"],
    bf16_difference: float | None = None,
    most_rows: int | None = None,
    without: Collection[str] = (),
) -> Runtime:
    """Open the runtime of a bundle.

    Args:
        name: Which one.
        folder: The bundle.
        precision: Of the matrix products of a network.
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
    try:
        from heptune.runtimes.torch_runtime import TorchRuntime, best_device, choose_scoring_precision
    except ModuleNotFoundError as error:
        raise MissingError(
            _("This bundle needs packages that are not installed."),
            code="missing_extra",
            where=str(folder),
            expected="torch, transformers, tokenizers",
            found=_("missing: {names}", names=error.name),
            remedy='pip install "heptune[train]"',
        ) from error
    device = best_device()
    chosen = choose_scoring_precision(precision, device, bf16_difference=bf16_difference)
    return TorchRuntime.open(folder, precision=chosen, device=device, most_rows=most_rows, without=without)
