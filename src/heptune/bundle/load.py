"""Opening a bundle: whole, unchanged, and of a version that we know."""

import json
from pathlib import Path

from pydantic import ValidationError

from heptune.bundle.layout import BUNDLE_FILE, SCHEMA_VERSION, BundleInfo
from heptune.errors import Fault, InvalidInputError, MissingError
from heptune.i18n import _
from heptune.storage.artifacts import changed_files, read_manifest, translated_read_errors


def read_bundle(folder: Path) -> BundleInfo:
    """Read heptune.json.

    Raises:
        MissingError: there is no bundle here.
        InvalidInputError: a newer Heptune wrote it, or it cannot be read.
    """
    path = folder / BUNDLE_FILE
    with translated_read_errors(path):
        is_here = path.is_file()
    if not is_here:
        raise MissingError(
            _("There is no bundle here."),
            code="no_bundle",
            where=str(folder),
            expected=BUNDLE_FILE,
            remedy=_("Give the folder bundle/ of a run."),
        )
    try:
        with translated_read_errors(path):
            content = json.loads(path.read_bytes())
        version = int(content["schema_version"])
        if version > SCHEMA_VERSION:
            raise _newer(path, version)
        return BundleInfo.model_validate(content)
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as error:
        raise InvalidInputError(
            _("The bundle's description cannot be read."),
            code="bad_bundle",
            where=str(path),
            found=str(error).splitlines()[0],
            remedy=_("Copy the bundle again as a whole."),
        ) from error


def check_bundle(folder: Path) -> None:
    """Compare every file that influences a prediction with the manifest.

    Raises:
        InvalidInputError: naming each file that is missing or differs.
    """
    manifest = read_manifest(folder)
    changed = [name for name in changed_files(folder, manifest) if manifest.files[name].influences_prediction]
    if changed:
        raise InvalidInputError(
            _("The bundle is not as it was written."),
            code="changed_bundle",
            where=str(folder),
            faults=[
                Fault(where=name, message=_("missing, or its content differs from the manifest")) for name in changed
            ],
            remedy=_("Copy the bundle again as a whole, or make it again."),
        )


def _newer(path: Path, version: int) -> InvalidInputError:
    return InvalidInputError(
        _("A newer version of Heptune made this bundle."),
        code="newer_version",
        where=str(path),
        expected=_("schema version {version} or older", version=SCHEMA_VERSION),
        found=str(version),
        remedy=_("Upgrade: pip install --upgrade heptune"),
    )
