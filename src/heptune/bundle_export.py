"""The library's verb for exporting: `export` writes a bundle that needs no torch, where it answers alike."""

from collections.abc import Callable
from pathlib import Path

from heptune.bundle.load import read_bundle
from heptune.errors import UsageError
from heptune.exporting.export import export_bundle
from heptune.exporting.support import refuse_settings, refuse_unfit
from heptune.i18n import Sentence, _
from heptune.schemas.export import MAX_ACCURACY_LOSS, MAX_DIFFERENCE, ExportReport, ExportTarget


def export(
    bundle: str | Path,
    to: ExportTarget = "onnx",
    out: str | Path | None = None,
    *,
    max_difference: float = MAX_DIFFERENCE,
    max_accuracy_loss: float = MAX_ACCURACY_LOSS,
    notice: Callable[[Sentence], None] = lambda _sentence: None,
) -> ExportReport:
    """Export a bundle for ONNX Runtime: `load` opens the new folder as any other bundle, without torch.

    Args:
        bundle: A bundle with a network.
        to: `onnx`, in fp32, or `onnx-int8`.
        out: A new folder; `<bundle>-onnx` or `<bundle>-onnx-int8` beside the bundle unless given.
        max_difference: Largest difference of a score that fp32 may show.
        max_accuracy_loss: Most points of accuracy that int8 may lose.
        notice: Told what goes on.

    Raises:
        QualityGateError: the export does not agree with the bundle; its `report` says how. Nothing is written.
        HeptuneError: with what is wrong and what to do.
    """
    refuse_settings(to, max_difference=max_difference, max_accuracy_loss=max_accuracy_loss)
    folder = Path(bundle)
    refuse_unfit(folder, read_bundle(folder))
    place = default_place(folder, to) if out is None else Path(out)
    _refuse_place(folder, place)
    return export_bundle(
        folder, place, target=to, max_difference=max_difference, max_accuracy_loss=max_accuracy_loss, notice=notice
    )


def default_place(bundle: Path, to: str) -> Path:
    """Return the folder beside a bundle that its export goes to."""
    named = bundle if bundle.name not in ("", "..") else bundle.resolve()
    return named.with_name(f"{named.name}-{to}")


def _refuse_place(bundle: Path, place: Path) -> None:
    inside = place.resolve().is_relative_to(bundle.resolve())
    if inside or place.exists():
        raise UsageError(
            _("This place lies inside the bundle.") if inside else _("There is something at this place already."),
            code="inside_the_bundle" if inside else "exists",
            where=str(place),
            expected=_("a new place"),
            remedy=_("Name another place with --out FOLDER."),
        )
