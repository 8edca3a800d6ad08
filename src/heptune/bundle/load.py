"""Opening a bundle: whole, unchanged, and of a version that we know."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from heptune.bundle.layout import BUNDLE_FILE, CONFIG_FILE, SCHEMA_VERSION, TOKENIZER_CONFIG, BundleInfo
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


def check_agreement(folder: Path, info: BundleInfo) -> None:
    """Compare labels and limit of heptune.json with those that the files of the network tell other programs.

    A manifest that was written anew after a change does not show the change.

    Raises:
        InvalidInputError: naming the file that says otherwise.
    """
    if info.runtime == "tfidf":
        return
    names = [label.name for label in info.labels]
    said = _json_of(folder / CONFIG_FILE).get("id2label")
    told = isinstance(said, dict) and [said.get(str(number)) for number in range(len(said))]
    if told != names:
        raise _disagrees(folder / CONFIG_FILE, expected=", ".join(names), found=str(said))
    limit = _json_of(folder / TOKENIZER_CONFIG).get("model_max_length")
    if limit != info.max_length:
        raise _disagrees(folder / TOKENIZER_CONFIG, expected=str(info.max_length), found=str(limit))


def _json_of(path: Path) -> dict[str, Any]:
    try:
        with translated_read_errors(path):
            content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {}


def _disagrees(path: Path, *, expected: str, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("Two files of the bundle contradict each other."),
        code="bundle_disagrees",
        where=str(path),
        expected=_("{value}, as in {file}", value=expected, file=BUNDLE_FILE),
        found=found,
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
