"""Whether memory that is freed stays in the process.

glibc gives large blocks back to the system at once and gets them anew, page by page and filled with zeros; a training
step frees and takes the same blocks again and again. Afterwards the thresholds are glibc's defaults, which it no longer
moves by itself.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's malloc.h, with its defaults (man mallopt).
_TRIM_THRESHOLD, _DEFAULT_TRIM_THRESHOLD = -1, 128 * 1024
_MMAP_MAX, _DEFAULT_MMAP_MAX = -4, 65_536
_NEVER_TRIM = -1
# Who sets these knows better.
_OF_THE_USER = ("MALLOC_", "GLIBC_TUNABLES")


def can_keep_freed_memory() -> bool:
    """Return whether this system's allocator can be asked to."""
    return _allocator() is not None


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep it during the block and give it back afterwards; nothing happens where the system cannot."""
    allocator = _allocator()
    if allocator is None:
        yield
        return
    allocator.mallopt(_MMAP_MAX, 0)
    allocator.mallopt(_TRIM_THRESHOLD, _NEVER_TRIM)
    try:
        yield
    finally:
        allocator.mallopt(_MMAP_MAX, _DEFAULT_MMAP_MAX)
        allocator.mallopt(_TRIM_THRESHOLD, _DEFAULT_TRIM_THRESHOLD)
        allocator.malloc_trim(0)


def _allocator() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux") or any(name.startswith(_OF_THE_USER) for name in os.environ):
        return None
    library = ctypes.CDLL(None)
    known = all(hasattr(library, name) for name in ("gnu_get_libc_version", "mallopt", "malloc_trim"))
    return library if known else None
