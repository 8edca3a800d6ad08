"""Atomic files and folders, and the manifest by which a folder can check itself.

Everything is written to a temporary sibling, synced, and renamed, so that a reader meets either the old artifact or the
new one whole. A folder's MANIFEST.json is written last.
"""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from heptune.errors import HeptuneError, InvalidInputError, ResourceError
from heptune.i18n import _
from heptune.schemas.record import Record
from heptune.storage.replacing import put_in_place, remove, temporary_sibling

MANIFEST = "MANIFEST.json"


class ManifestEntry(Record):
    """One file of a folder: its digest, its size in bytes, and whether a changed byte could change a prediction."""

    sha256: str
    size: int
    influences_prediction: bool = True


class Manifest(Record):
    """All files of a folder by their path relative to it, written with `/`."""

    schema_version: int = 1
    files: dict[str, ManifestEntry]


def sha256_of_file(path: Path) -> str:
    """Return the hex sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def translated_write_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write below `path` into a ResourceError."""
    try:
        yield
    except OSError as error:
        raise _resource_error(error, path) from error


@contextmanager
def translated_read_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to read `path` into an InvalidInputError."""
    try:
        yield
    except OSError as error:
        raise InvalidInputError(
            _("This file cannot be read: {reason}.", reason=error.strerror or str(error)),
            code="not_readable",
            where=str(error.filename or path),
            remedy=_("Check that it is there and that you may read it."),
        ) from error


def _resource_error(error: OSError, path: Path) -> HeptuneError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(
            _("The disk is full."),
            code="disk_full",
            where=str(path),
            remedy=_("Free some space, or choose another place with --out FOLDER. Nothing that was whole is lost."),
        )
    return ResourceError(
        _("Cannot write here: {reason}.", reason=error.strerror or str(error)),
        code="not_writable",
        where=str(path),
        remedy=_("Choose another place with --out, or change the folder's permissions."),
    )


def make_folder(path: Path) -> Path:
    """Create `path` and its parents if they are not there, and return it."""
    with translated_write_errors(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a temporary sibling to write to; when the block ends well, it replaces `path`.

    Raises:
        ResourceError: the disk is full or the folder does not let us write.
    """
    temporary = temporary_sibling(path)
    with translated_write_errors(path):
        try:
            yield temporary
            _sync(temporary)
            temporary.replace(path)
            _sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: object) -> None:
    """Write a JSON-able value, indented, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=True) + "\n")


@contextmanager
def atomic_folder(
    path: Path, *, influences_prediction: Callable[[str], bool] | None = lambda _name: True
) -> Iterator[Path]:
    """Give a temporary sibling folder to fill; when the block ends well, it gets its manifest and replaces `path`.

    Args:
        path: The folder to make or to replace.
        influences_prediction: Says for a relative file name whether its bytes can change a prediction; None leaves the
            manifest out.

    Raises:
        ResourceError: the disk is full or the place does not let us write.
    """
    temporary = temporary_sibling(path)
    with translated_write_errors(path):
        try:
            temporary.mkdir(parents=True)
            yield temporary
            if influences_prediction is not None:
                _write_manifest(temporary, influences_prediction)
            _sync_tree(temporary)
            put_in_place(temporary, path)
            _sync(path.parent)
        finally:
            with suppress(OSError):  # what is left over is removed when the folder is opened again
                remove(temporary)


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest.

    Raises:
        InvalidInputError: there is none, or it is no manifest.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        found = _("no manifest")
    except ValueError:
        found = _("a file that is not a manifest")
    raise InvalidInputError(
        _("This folder is incomplete."),
        code="incomplete_folder",
        where=str(path),
        expected=_("the list of its files that Heptune writes last"),
        found=found,
        remedy=_("Make it again, or copy it again as a whole."),
    )


def changed_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return the files of the manifest that are missing or whose size or digest differs, in the manifest's order."""
    return [name for name, entry in manifest.files.items() if not _matches(folder / name, entry)]


def _matches(path: Path, entry: ManifestEntry) -> bool:
    try:
        return path.stat().st_size == entry.size and sha256_of_file(path) == entry.sha256
    except OSError:
        return False


def _write_manifest(folder: Path, influences_prediction: Callable[[str], bool]) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {
        name: ManifestEntry(
            sha256=sha256_of_file(folder / name),
            size=(folder / name).stat().st_size,
            influences_prediction=influences_prediction(name),
        )
        for name in names
    }
    (folder / MANIFEST).write_text(Manifest(files=files).model_dump_json(indent=2) + "\n", encoding="utf-8")


def _sync_tree(folder: Path) -> None:
    """Flush all of a folder, with the permissions that the user's umask gives to any new file.

    Some libraries write through private temporary files, and a bundle that only its maker can read cannot be served.
    """
    manifest = folder / MANIFEST
    permissions = manifest.stat().st_mode if manifest.exists() else None
    for path in folder.rglob("*"):
        if permissions is not None and path.is_file():
            path.chmod(permissions)
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    """Flush a file or folder to the disk. Windows cannot open a folder for this; there the rename has to do."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
