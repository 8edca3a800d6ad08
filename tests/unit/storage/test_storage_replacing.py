"""A new folder takes the old one's place in one go; where that cannot be, a kill between the renames loses nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from heptune.errors import ResourceError
from heptune.storage import replacing
from heptune.storage.artifacts import MANIFEST, atomic_folder, changed_files, read_manifest
from heptune.storage.leftovers import put_back, remove_leftovers
from heptune.storage.replacing import put_in_place

# Ends the process as a kill does, right behind the rename of that number.
WRITE_AND_DIE = """
import os, sys
from pathlib import Path
from heptune.storage import replacing
from heptune.storage.artifacts import atomic_folder

path, way, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
rename, exchange, done = os.rename, replacing._exchange, 0

def counted(action):
    def act(*names):
        global done
        answer = action(*names)
        done += 1
        if done == last:
            os._exit(9)
        return answer
    return act

os.rename = counted(rename)
replacing._exchange = counted(exchange) if way == "exchange" else lambda *names: False
with atomic_folder(path) as folder:
    (folder / "a").write_text("new")
"""
EXCHANGES = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets two folders change places")


def fill(path, text):
    with atomic_folder(path) as folder:
        (folder / "a").write_text(text)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def whole_text(path):
    assert changed_files(path, read_manifest(path)) == []
    return (path / "a").read_text()


@pytest.fixture
def by_turns(monkeypatch):
    """As on a system that cannot let two folders change places."""
    monkeypatch.setattr(replacing, "_exchange", lambda *_paths: False)


def write_and_die(path, way, rename):
    command = [sys.executable, "-c", WRITE_AND_DIE, str(path), way, str(rename)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 9


@EXCHANGES
def test_folders_change_places_in_one_go(tmp_path, monkeypatch):
    for name in ("old", "new"):
        fill(tmp_path / name, name)
    monkeypatch.setattr(replacing, "_replace_by_turns", None)
    put_in_place(tmp_path / "new", tmp_path / "old")
    assert whole_text(tmp_path / "old") == "new"
    assert whole_text(tmp_path / "new") == "old"


@EXCHANGES
def test_a_refusal_to_change_places_is_the_systems_own(tmp_path):
    fill(tmp_path / "old", "old")
    with pytest.raises(FileNotFoundError):
        put_in_place(tmp_path / "nowhere", tmp_path / "old")
    assert whole_text(tmp_path / "old") == "old"


@EXCHANGES
def test_a_kill_right_behind_the_exchange_leaves_the_new_folder(tmp_path):
    fill(tmp_path / "rows", "old")
    write_and_die(tmp_path / "rows", "exchange", 1)
    assert whole_text(tmp_path / "rows") == "new"
    remove_leftovers(tmp_path)
    assert whole_text(tmp_path / "rows") == "new"
    assert names_in(tmp_path) == ["rows"]


@pytest.mark.parametrize(("rename", "left"), [(1, "old"), (2, "new"), (3, "new")])
def test_a_kill_between_the_renames_leaves_a_whole_folder_to_put_back(tmp_path, rename, left):
    fill(tmp_path / "rows", "old")
    write_and_die(tmp_path / "rows", "by turns", rename)
    assert (tmp_path / "rows").exists() == (rename > 1)
    remove_leftovers(tmp_path)
    assert whole_text(tmp_path / "rows") == left
    assert names_in(tmp_path) == ["rows"]


def test_by_turns_a_new_folder_takes_the_place_of_the_old_one(tmp_path, by_turns):
    fill(tmp_path / "rows", "old")
    fill(tmp_path / "rows", "new")
    assert whole_text(tmp_path / "rows") == "new"
    assert names_in(tmp_path) == ["rows"]


def test_when_the_last_rename_fails_the_old_folder_comes_back(tmp_path, monkeypatch, by_turns):
    fill(tmp_path / "rows", "old")
    rename, failing = Path.rename, []

    def fail_once_the_old_is_aside(self, target):
        if target == tmp_path / "rows" and not failing:
            failing.append(target)
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once_the_old_is_aside)
    with pytest.raises(ResourceError):
        fill(tmp_path / "rows", "new")
    assert failing
    assert whole_text(tmp_path / "rows") == "old"
    assert names_in(tmp_path) == ["rows"]


def leave(path, text, name):
    fill(path, text)
    path.rename(path.with_name(name))
    return path.with_name(name)


def test_a_damaged_or_unfinished_copy_is_not_put_back(tmp_path):
    damaged = leave(tmp_path / "rows", "whole", ".rows.tmp-1-00000000")
    (damaged / "a").write_text("damaged")
    unfinished = leave(tmp_path / "rows", "whole", ".rows.tmp-1-00000001")
    (unfinished / MANIFEST).unlink()
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == []


def test_only_a_missing_folder_is_put_back(tmp_path):
    leave(tmp_path / "rows", "old", ".rows.tmp-1-00000000")
    leave(tmp_path / "other", "other", ".other.tmp-1-00000000")
    fill(tmp_path / "rows", "new")
    put_back(tmp_path / "rows")
    assert whole_text(tmp_path / "rows") == "new"
    assert not (tmp_path / "other").exists()
    put_back(tmp_path / "other")
    assert whole_text(tmp_path / "other") == "other"
    put_back(tmp_path / "nowhere" / "rows")
    assert not (tmp_path / "nowhere").exists()
