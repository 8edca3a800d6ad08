"""Temporary siblings, and putting one where an artifact is.

A folder cannot be renamed over another. Linux can let two of them change places in one go; elsewhere the old one steps
aside first, and for that moment nothing stands in its place.
"""

import errno
import os
import re
import shutil
import sys
from pathlib import Path

_TEMPORARY = re.compile(r"\.(?P<name>.+)\.tmp-\d+-[0-9a-f]{8}")
# From linux/fcntl.h and linux/fs.h.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# An older kernel, a file system that cannot do it, or a sandbox that does not know the call.
_NOT_SUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def temporary_sibling(path: Path) -> Path:
    """Return a new name beside `path` to write to."""
    return path.with_name(f".{path.name}.tmp-{os.getpid()}-{os.urandom(4).hex()}")


def target_of(path: Path) -> Path | None:
    """Return what a temporary sibling was to become; None for any other path."""
    match = _TEMPORARY.fullmatch(path.name)
    return path.with_name(match["name"]) if match else None


def put_in_place(new: Path, path: Path) -> None:
    """Put `new` where `path` is; what stood there, if anything, has the name of `new` afterwards.

    Raises:
        OSError: the system refuses; then all is as it was.
    """
    if not path.exists():
        new.rename(path)
    elif not _exchange(new, path):
        _replace_by_turns(new, path)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that it holds; nothing happens where there is none.

    Raises:
        OSError: the system refuses.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replace_by_turns(new: Path, path: Path) -> None:
    aside = temporary_sibling(path)
    path.rename(aside)
    try:
        new.rename(path)
    except OSError:
        aside.rename(path)
        raise
    aside.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Let two paths change places in one go; False where the system cannot."""
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))
