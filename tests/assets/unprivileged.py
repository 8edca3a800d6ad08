"""Be a user whom the permissions of files and folders bind, as they do not bind root."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """For the block, let root be refused what other users are refused; nothing changes for those."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are another matter there")
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root sees everything")
    before = _capabilities()
    _set([before[0] & ~OVERRIDES, *before[1:]])
    try:
        yield
    finally:
        _set(before)


@contextmanager
def closed(*folders: Path) -> Iterator[None]:
    """For the block, let nobody look into the folders."""
    for folder in folders:
        folder.chmod(0)
    try:
        with bound_by_permissions():
            yield
    finally:
        for folder in folders:
            folder.chmod(0o700)


def _capabilities() -> list[int]:
    """Effective, permitted and inheritable, of the lower half and of the upper one."""
    content = (ctypes.c_uint32 * 6)()
    _call("capget", content)
    return list(content)


def _set(capabilities: list[int]) -> None:
    _call("capset", (ctypes.c_uint32 * 6)(*capabilities))


def _call(function: str, content: ctypes.Array[ctypes.c_uint32]) -> None:
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    if getattr(ctypes.CDLL(None, use_errno=True), function)(header, content):
        raise OSError(ctypes.get_errno(), function)
