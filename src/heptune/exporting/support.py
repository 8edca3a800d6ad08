"""What cannot be exported is said before any work begins."""

from importlib.util import find_spec
from pathlib import Path

from heptune.bundle.layout import BundleInfo
from heptune.errors import MissingError, UsageError
from heptune.i18n import _
from heptune.schemas.export import TARGETS

NEEDED = ("torch", "transformers", "onnx", "onnxscript", "onnxruntime", "tokenizers")
PIP_LINE = 'pip install "heptune[export]"'


def missing_packages() -> list[str]:
    """Return the packages that an export needs and that are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def refuse_settings(to: str, *, max_difference: float, max_accuracy_loss: float) -> None:
    """Refuse another target, and tolerances that are none.

    Raises:
        UsageError: naming it.
    """
    if to not in TARGETS:
        raise UsageError(
            _("There is no such kind of export."),
            code="unknown_target",
            where="to",
            expected=", ".join(TARGETS),
            found=to,
        )
    for name, value in (("max_difference", max_difference), ("max_accuracy_loss", max_accuracy_loss)):
        if not value >= 0:
            raise UsageError(
                _("A tolerance is not below 0."), code="bad_tolerance", where=name, expected=">= 0", found=str(value)
            )


def refuse_unfit(folder: Path, info: BundleInfo) -> None:
    """Refuse a bundle that holds no network on torch, and an installation that lacks packages.

    Raises:
        UsageError: the bundle is of another kind.
        MissingError: packages are not installed.
    """
    if info.runtime == "tfidf":
        raise UsageError(
            _("A bundle of the method tfidf cannot be exported, and need not be: it works without torch as it is."),
            code="nothing_to_export",
            where=str(folder),
            expected=_("a bundle with a network"),
            found="tfidf",
        )
    if info.runtime == "onnx":
        raise UsageError(
            _("This bundle is an export itself."),
            code="nothing_to_export",
            where=str(folder),
            expected=_("a bundle with a network"),
            found=f"onnx, {info.precision}",
            remedy=_("Give the bundle that it was made from."),
        )
    if missing := missing_packages():
        raise MissingError(
            _("To export takes packages that are not installed."),
            code="missing_extra",
            where=str(folder),
            expected=", ".join(NEEDED),
            found=_("missing: {names}", names=", ".join(missing)),
            remedy=PIP_LINE,
        )
