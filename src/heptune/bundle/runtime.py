"""Which runtime opens which bundle."""

from pathlib import Path
from typing import Literal

from heptune.bundle.layout import RuntimeName
from heptune.errors import MissingError
from heptune.i18n import _
from heptune.runtimes.runtime import Runtime
from heptune.runtimes.tfidf_runtime import TfidfRuntime


def open_runtime(
    name: RuntimeName, folder: Path, *, precision: Literal["fp32", "bf16"], most_rows: int | None
) -> Runtime:
    """Open the runtime of a bundle.

    Args:
        name: Which one.
        folder: The bundle.
        precision: Of the matrix products of a network.
        most_rows: Most texts of a network's batch; None leaves it to the token budget.

    Raises:
        MissingError: it needs an extra that is not installed.
        InvalidInputError: its files cannot be read.
    """
    if name == "tfidf":
        return TfidfRuntime.open(folder)
    try:
        from heptune.runtimes.torch_runtime import TorchRuntime
    except ModuleNotFoundError as error:
        raise MissingError(
            _("This bundle needs packages that are not installed."),
            code="missing_extra",
            where=str(folder),
            expected="torch, transformers, tokenizers",
            found=_("missing: {names}", names=error.name),
            remedy='pip install "heptune[train]"',
        ) from error
    return TorchRuntime.open(folder, precision=precision, most_rows=most_rows)
