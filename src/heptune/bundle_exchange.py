"""The library's verbs for handing a bundle over: `push` puts it on the Hub, `pull` gets it from there."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from heptune.bundle.layout import BUNDLE_FILE, MODEL_CARD
from heptune.bundle.verify import verify_bundle
from heptune.checks.h311_personal_data import LONGEST, PATTERNS, matches
from heptune.errors import Fault, InvalidInputError, UsageError
from heptune.hub.download import download
from heptune.hub.listing import list_repository
from heptune.hub.repository import repository_of
from heptune.hub.settings import hub_settings
from heptune.hub.upload import Uploaded, upload_folder
from heptune.i18n import _
from heptune.runtimes.tfidf_runtime import VOCABULARY_FILE
from heptune.schemas.verification import VerifiedBundle
from heptune.storage.artifacts import atomic_folder


def push(bundle: str | Path, repository: str, *, public: bool = False) -> Uploaded:
    """Upload a bundle as one commit of a model repository, its model card among its files.

    Args:
        bundle: The folder.
        repository: `owner/name`; it is made where there is none.
        public: Whether everybody may see it.

    Raises:
        MissingError: there is no bundle, the Hub cannot be reached, or it does not let us write.
        InvalidInputError: the bundle is not as it was written, or personal data stands in what would be uploaded.
        UsageError: the name is malformed, or the repository is public and that was not asked for.
    """
    folder = Path(bundle)
    verify_bundle(folder)
    _refuse_personal_data(folder)
    return upload_folder(folder, repository, public=public, message="Upload a classifier with Heptune")


def pull(
    repository: str,
    out: str | Path | None = None,
    *,
    revision: str | None = None,
    announce: Callable[[int], None] = lambda _size: None,
) -> tuple[VerifiedBundle, str]:
    """Get a bundle from the Hub into a folder, and verify it before it stands there.

    Args:
        repository: `owner/name`.
        out: The folder, which may not be there yet; the repository's name unless given.
        revision: Branch, tag or commit.
        announce: Called with the number of bytes to fetch.

    Returns:
        What was found, and the commit.

    Raises:
        MissingError: there is no such repository, or the Hub cannot be reached.
        InvalidInputError: it holds no bundle, or one that is not as it was written.
        UsageError: the folder is there.
    """
    folder, settings = Path(out or repository.rsplit("/", maxsplit=1)[-1]), hub_settings()
    if folder.exists():
        raise UsageError(
            _("This is there already."),
            code="exists",
            where=str(folder),
            remedy=_("Name another folder with --out, or remove this one."),
        )
    listing = list_repository(repository_of("model", repository, revision, None), None, settings)
    source = download(listing, announce, settings)
    with atomic_folder(folder, influences_prediction=None) as copy:
        for name in listing.files:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, copy / name)
        verified = verify_bundle(copy)
    return verified.model_copy(update={"folder": str(folder)}), listing.commit


def _refuse_personal_data(folder: Path) -> None:
    """Look through the words that travel: model card, labels, names of files, and the vocabulary of tfidf."""
    faults = [
        Fault(name, _("looks like: {kinds}", kinds=", ".join(sorted(str(PATTERNS[kind].name()) for kind in kinds))))
        for name, text in _texts_of(folder)
        if (kinds := _kinds_in(text))
    ]
    if faults:
        raise InvalidInputError(
            _("Personal data may stand in what would be uploaded."),
            code="personal_data",
            where=str(folder),
            faults=faults,
            remedy=_("Take it out of labels, file names or texts, and train again; nothing was uploaded."),
        )


def _kinds_in(text: str) -> set[int]:
    pieces = (text[start : start + LONGEST] for start in range(0, len(text), LONGEST))
    return {kind for piece in pieces for kind in matches(piece)}


def _texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    if (folder / MODEL_CARD).is_file():
        yield MODEL_CARD, (folder / MODEL_CARD).read_text(encoding="utf-8", errors="replace")
    for name in (BUNDLE_FILE, VOCABULARY_FILE):
        if (folder / name).is_file():
            yield name, "\n".join(_strings_in(json.loads((folder / name).read_bytes())))


def _strings_in(value: object) -> Iterator[str]:
    """Yield all strings of a JSON value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings_in(inner)
