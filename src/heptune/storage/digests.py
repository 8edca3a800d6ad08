"""Digests of files that one process asks for again and again."""

from functools import lru_cache
from pathlib import Path

from heptune.storage.artifacts import sha256_of_file


def known_sha256(path: Path) -> str:
    """Return the sha256 of a file; it is read anew only where it has been written or replaced since.

    Raises:
        OSError: it cannot be read.
    """
    status = path.stat()
    return _sha256(path, (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))


@lru_cache(maxsize=256)
def _sha256(path: Path, _state: tuple[int, ...]) -> str:
    return sha256_of_file(path)
