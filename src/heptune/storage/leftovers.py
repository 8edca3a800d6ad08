"""What a killed process left behind: half-written artifacts, and now and then the only whole copy of one."""

from collections.abc import Iterator
from pathlib import Path

from heptune.errors import InvalidInputError
from heptune.storage.artifacts import MANIFEST, changed_files, read_manifest, translated_write_errors
from heptune.storage.replacing import remove, target_of


def remove_leftovers(folder: Path) -> None:
    """Put back what is whole and whose place is empty, and remove the rest; nobody else may be writing into `folder`.

    Raises:
        ResourceError: it cannot be written.
    """
    with translated_write_errors(folder):
        for path, target in list(_leftovers(folder)):
            put_back(target)
            remove(path)


def put_back(path: Path) -> None:
    """Where the folder `path` is missing, take the oldest whole copy that a killed process has left beside it.

    The oldest is the one that stepped aside for another, and the results of the run folder are those that name it.

    Raises:
        ResourceError: it cannot be written.
    """
    with translated_write_errors(path):
        if path.exists() or not path.parent.is_dir():
            return
        whole = [copy for copy, target in _leftovers(path.parent) if target == path and _is_whole(copy)]
        if whole:
            min(whole, key=lambda copy: (copy / MANIFEST).stat().st_mtime_ns).rename(path)


def _leftovers(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each temporary sibling in a folder, and what it was to become."""
    for path in folder.iterdir():
        target = target_of(path)
        if target:
            yield path, target


def _is_whole(folder: Path) -> bool:
    try:
        return not changed_files(folder, read_manifest(folder))
    except (OSError, InvalidInputError):
        return False
