"""The bundles that are served: whole, unchanged, and answering as they did when they were written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from heptune.bundle.predictor import Predictor
from heptune.bundle.verify import verify_bundle
from heptune.errors import UsageError
from heptune.i18n import _

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A bundle under its name.

    Attributes:
        name: By which callers know it; the folder's place is told to nobody.
        version: The bundle's sha256, that of its manifest.
        predictor: The opened bundle.
    """

    name: str
    version: str
    predictor: Predictor


def open_models(sources: Sequence[str], *, precision: Literal["fp32", "bf16"] | None = None) -> list[ServedModel]:
    """Open and verify bundles.

    Args:
        sources: Each a folder, or NAME=FOLDER.
        precision: Of the matrix products of networks; None is each bundle's own.

    Raises:
        UsageError: two have one name, or a name is none.
        MissingError: there is no bundle, or it needs an extra.
        InvalidInputError: naming each file, or each text, that differs.
    """
    named = [_named(source) for source in sources]
    _check_names([name for name, _folder in named])
    return [_open(name, folder, precision) for name, folder in named]


def _open(name: str, folder: Path, precision: Literal["fp32", "bf16"] | None) -> ServedModel:
    predictor = Predictor.open(folder, precision=precision)
    return ServedModel(name, verify_bundle(folder, predictor).sha256, predictor)


def _named(source: str) -> tuple[str, Path]:
    name, sign, folder = source.partition("=")
    if sign and not Path(source).is_dir():
        return name, Path(folder)
    place = Path(source).absolute()
    # The bundle of a run lies in the run's folder, whose name says more.
    words = place.parent.name if place.name == "bundle" else place.name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", words).strip("-._")[:64] or "model", Path(source)


def _check_names(names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if not NAME.fullmatch(name):
            raise UsageError(
                _("This is no name for a model."),
                code="bad_name",
                where=name,
                expected=_("letters, digits, points, hyphens and underscores, at most 64"),
                remedy=_("Give it another: NAME=BUNDLE."),
            )
        if name in names[:number]:
            raise UsageError(
                _("Two models have the same name."),
                code="same_name",
                where=name,
                remedy=_("Give one of them another: NAME=BUNDLE."),
            )
