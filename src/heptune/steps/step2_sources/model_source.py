"""Which pretrained model: a local folder, a model of the Hub, or the starter."""

from collections.abc import Callable, Iterator
from pathlib import Path

from heptune.errors import InvalidInputError, MissingError
from heptune.hub.models import HubModel, download_model, resolve_model
from heptune.hub.starter import COMMIT as STARTER_COMMIT
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.hub.starter import download_starter, find_starter, resolve_starter
from heptune.i18n import _
from heptune.modeling.model_folder import ModelFolder, read_model_folder
from heptune.schemas.sources import STARTER, ModelSource
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.storage.artifacts import translated_read_errors
from heptune.storage.digests import known_sha256
from heptune.storage.run_store import Run


def find_model(run: Run, name: str, config: SourcesConfig, earlier: ModelSource | None) -> ModelSource:
    """Find the model, fetch it where it is on the Hub, and take the digest of every file that will be read.

    Args:
        run: Told about downloads.
        name: What the user asks for.
        config: Its revision.
        earlier: What an earlier run in this folder found; its Hub commit is kept.

    Raises:
        MissingError: there is no such folder, or the Hub has it not or cannot be reached.
        InvalidInputError: it lacks a file, or is not acceptable.
    """
    if name == STARTER:
        return _find_starter(run)
    if Path(name).exists():
        return _record(read_model_folder(Path(name)), name, kind="local")
    if name.startswith((".", "/", "~")) or "\\" in name:
        raise MissingError(
            _("There is no such model folder."), code="no_such_folder", where=name, remedy=_("Check the path.")
        )
    known = earlier.commit if earlier and earlier.kind == "hub" and earlier.uri == name else None
    model = resolve_model(name, revision=config.model_revision, known_commit=None if config.model_revision else known)
    folder = download_model(model, lambda size: run.announce_download(name, size))
    return _record(read_model_folder(folder), name, kind="hub", model=model)


def model_path(source: ModelSource, announce: Callable[[str, int], None]) -> Path:
    """Return the folder of a recorded model, fetching it again where the Hugging Face cache has lost it.

    Args:
        source: The model as it was recorded.
        announce: Told name and bytes before something is fetched.

    Raises:
        MissingError: the cache has lost it, and the Hub cannot be reached.
        InvalidInputError: a file of the starter is not the one that was recorded.
    """
    if source.path is not None:
        folder = Path(source.path)
    else:
        name = source.repository or ""
        model = resolve_model(name, revision=source.commit, known_commit=source.commit)
        folder = download_model(model, lambda size: announce(name, size))
    if source.uri == STARTER:
        for changed in _changed_files(folder, source):
            raise _file_changed(changed)
    return folder


def changed_model_files(source: ModelSource) -> Iterator[str]:
    """Yield the files of the starter's package that are gone or not as recorded.

    Size and time of a local folder are inputs of the step; what the Hub's cache has lost, `model_path` fetches.
    """
    if source.kind == "starter" and source.path is not None:
        yield from _changed_files(Path(source.path), source)


def _changed_files(folder: Path, source: ModelSource) -> Iterator[str]:
    for name, digest in source.files.items():
        path = folder / name
        with translated_read_errors(path):
            if not path.is_file() or known_sha256(path) != digest:
                yield str(path)


def _file_changed(path: str) -> InvalidInputError:
    return InvalidInputError(
        _("This file of the model has changed since it was recorded."),
        code="file_changed",
        where=path,
        remedy=_("Put the right file back, or run with --fresh to look at everything anew."),
    )


def _find_starter(run: Run) -> ModelSource:
    package = find_starter()
    if package:
        return _record(read_model_folder(package.folder), STARTER, kind="starter", licence=package.licence)
    model = resolve_starter()
    folder = download_starter(model, lambda size: run.announce_download(STARTER_REPOSITORY, size))
    return _record(read_model_folder(folder), STARTER, kind="hub", model=model)


def _record(
    folder: ModelFolder, uri: str, *, kind: str, model: HubModel | None = None, licence: str | None = None
) -> ModelSource:
    with translated_read_errors(folder.path):
        digests = {name: known_sha256(folder.path / name) for name in folder.files}
    return ModelSource.model_validate(
        {
            "uri": uri,
            "kind": kind,
            "path": None if model else str(folder.path.resolve()),
            "repository": model.repo_id if model else STARTER_REPOSITORY if kind == "starter" else None,
            "commit": model.commit if model else STARTER_COMMIT if kind == "starter" else None,
            "licence": model.licence if model else licence,
            "architecture": folder.architecture,
            "size": folder.weight_bytes,
            "max_tokens": folder.max_tokens,
            "files": digests,
        }
    )
