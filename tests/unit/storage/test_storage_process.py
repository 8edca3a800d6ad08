"""What the system tells about this process."""

import os
from pathlib import Path

import numpy as np
import pytest

from heptune.storage import process
from heptune.storage.process import forget_peak_memory, peak_memory_mib

LARGE_MIB = 300


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the system keeps the peak")
def test_a_peak_that_is_forgotten_is_that_of_now():
    np.ones(LARGE_MIB * 2**17)
    before = peak_memory_mib()
    forget_peak_memory()
    assert peak_memory_mib() < before - LARGE_MIB / 2
    np.ones(LARGE_MIB * 2**17)
    assert peak_memory_mib() == pytest.approx(before, rel=0.2)


def test_a_system_that_does_not_let_us_forget_is_no_fault(monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)
    forget_peak_memory()
    assert peak_memory_mib() > 0


@pytest.fixture(params=["version 1", "version 2"])
def groups(request, tmp_path):
    """Writes a control group's files, and what the process is told of its own."""
    old = request.param == "version 1"
    mounts, own = tmp_path / "cgroup", tmp_path / "own"
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if old else ("memory.max", "memory.current")

    def write(path: str, *, limit: int | str, used: int = 0, files: int = 0) -> None:
        folder = mounts / ("memory" if old else "") / path
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in zip(names, (limit, used), strict=True):
            (folder / name).write_text(f"{value}\n")
        prefix = "total_" if old else ""
        (folder / "memory.stat").write_text(f"anon 9\n{prefix}inactive_file {files}\n{prefix}active_file 24\n")

    own.write_text("5:devices:/\n4:cpu,memory:/a/b\n" if old else "0::/a/b\n")
    return write, lambda: process._available_in_container(mounts, own)


def test_what_a_container_leaves_is_its_limit_less_what_it_uses_but_for_files(groups):
    write, available = groups
    assert available() is None
    write("a/b", limit=3 * 2**20, used=2**20, files=1000)
    assert available() == 2 * 2**20 + 1024
    write("a/b", limit=5, used=2**20)
    assert available() == 0


def test_the_tightest_of_the_groups_around_a_process_counts(groups):
    write, available = groups
    write("a/b", limit=9 * 2**20)
    write("a", limit=4 * 2**20)
    write("", limit=6 * 2**20)
    assert available() == 4 * 2**20 + 24
    write("a/other", limit=5)
    assert available() == 4 * 2**20 + 24


def test_a_group_whose_path_is_that_outside_of_the_container_is_mounted_as_the_root(groups):
    write, available = groups
    write("", limit=6 * 2**20)
    assert available() == 6 * 2**20 + 24


def test_no_limit_and_no_groups_are_no_bound(tmp_path):
    own = tmp_path / "own"
    assert process._available_in_container(tmp_path, own) is None
    own.write_text("0::/\n")
    for name, content in (("memory.max", "max"), ("memory.current", "5"), ("memory.stat", "anon 9")):
        (tmp_path / name).write_text(f"{content}\n")
    assert process._available_in_container(tmp_path, own) is None
