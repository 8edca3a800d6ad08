"""Which pretrained model: a local folder, a model of the Hub, or the starter."""

from pathlib import Path

from heptune.errors import MissingError, UsageError
from heptune.hub.models import HubModel, download_model, resolve_model
from heptune.hub.starter import COMMIT as STARTER_COMMIT
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.hub.starter import download_starter, find_starter, resolve_starter
from heptune.i18n import _
from heptune.modeling.model_folder import ModelFolder, read_model_folder
from heptune.schemas.sources import STARTER, ModelSource
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.storage.artifacts import sha256_of_file, translated_read_errors
from heptune.storage.run_store import Run


def find_model(run: Run, name: str, config: SourcesConfig, earlier: ModelSource | None) -> ModelSource:
    """Find the model, fetch it where it is on the Hub, and take the digest of every file that will be read.

    Args:
        run: Told about downloads.
        name: What the user asks for.
        config: Its revision.
        earlier: What an earlier run in this folder found; its Hub commit is kept.

    Raises:
        UsageError: there is no such folder, or a setting has no effect.
        MissingError: the Hub has it not, or cannot be reached.
        InvalidInputError: it lacks a file, or is not acceptable.
    """
    if name == STARTER or Path(name).exists():
        _refuse_revision(config)
        return _find_starter(run) if name == STARTER else _record(read_model_folder(Path(name)), name, kind="local")
    if name.startswith((".", "/", "~")) or "\\" in name:
        raise MissingError(
            _("There is no such model folder."), code="no_such_folder", where=name, remedy=_("Check the path.")
        )
    known = earlier.commit if earlier and earlier.kind == "hub" and earlier.uri == name else None
    model = resolve_model(name, revision=config.model_revision, known_commit=None if config.model_revision else known)
    folder = download_model(model, lambda size: run.announce_download(name, size))
    return _record(read_model_folder(folder), name, kind="hub", model=model)


def model_path(source: ModelSource) -> Path:
    """Return the folder of a recorded model, fetching it again where the Hugging Face cache has lost it."""
    if source.path is not None:
        return Path(source.path)
    model = resolve_model(source.repository or "", revision=source.commit, known_commit=source.commit)
    return download_model(model, lambda _size: None)


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
        digests = {name: sha256_of_file(folder.path / name) for name in folder.files}
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


def _refuse_revision(config: SourcesConfig) -> None:
    if config.model_revision is not None:
        raise UsageError(
            _("A revision only has an effect on a model of the Hub."),
            code="setting_without_effect",
            where="sources.model_revision",
            found=config.model_revision,
            remedy=_("Leave it out."),
        )
