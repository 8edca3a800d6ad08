"""A reader meets the old artifact or the new one, whole; a folder can check itself."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from heptune.errors import InvalidInputError, ResourceError
from heptune.storage.artifacts import (
    MANIFEST,
    atomic_file,
    atomic_folder,
    changed_files,
    make_folder,
    read_manifest,
    sha256_of_file,
    translated_read_errors,
    write_json,
    write_text,
)
from heptune.storage.leftovers import remove_leftovers

FULL = OSError(errno.ENOSPC, "No space left on device")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def fill(path, **files):
    with atomic_folder(path) as folder:
        for name, text in files.items():
            (folder / name).write_text(text)


def _half_written(path, failure):
    path.write_text("half of the new")
    raise failure


@pytest.mark.parametrize("failure", [ValueError("ours"), KeyboardInterrupt(), SystemExit(1)])
def test_a_failure_inside_the_block_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "a.json"
    write_text(path, "old")
    with pytest.raises(type(failure)), atomic_file(path) as temporary:
        _half_written(temporary, failure)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.json"]


@pytest.mark.parametrize("failure", [ValueError("ours"), KeyboardInterrupt(), SystemExit(1)])
def test_a_failure_inside_the_block_leaves_the_old_folder_and_nothing_else(tmp_path, failure):
    path = tmp_path / "rows"
    fill(path, a="old")
    with pytest.raises(type(failure)), atomic_folder(path) as temporary:
        _half_written(temporary / "a", failure)
    assert (path / "a").read_text() == "old"
    assert changed_files(path, read_manifest(path)) == []
    assert names_in(tmp_path) == ["rows"]


@pytest.mark.parametrize("write", [atomic_file, atomic_folder])
@pytest.mark.parametrize(
    ("failure", "code"), [(FULL, "disk_full"), (OSError(errno.EROFS, "Read-only file system"), "not_writable")]
)
def test_what_the_system_refuses_is_a_resource_error_and_leaves_the_old(tmp_path, write, failure, code):
    path = tmp_path / "artifact"
    with write(path) as temporary:
        (temporary / "a" if write is atomic_folder else temporary).write_text("old")
    before = {file.relative_to(path): file.read_bytes() for file in [path, *path.rglob("*")] if file.is_file()}
    with pytest.raises(ResourceError) as caught, write(path):
        raise failure
    assert caught.value.code == code
    assert caught.value.exit_code == 6
    assert caught.value.remedy
    after = {file.relative_to(path): file.read_bytes() for file in [path, *path.rglob("*")] if file.is_file()}
    assert after == before
    assert names_in(tmp_path) == ["artifact"]


@pytest.mark.parametrize("place", ["file/below/it", "/proc/heptune/run"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, place):
    (tmp_path / "file").write_text("")
    path = tmp_path / place
    for write in (make_folder, lambda path: write_text(path, "text"), lambda path: fill(path, a="a")):
        with pytest.raises(ResourceError) as caught:
            write(path)
        assert caught.value.code == "not_writable"
        assert caught.value.where


def test_a_file_that_cannot_be_read_is_named():
    with pytest.raises(InvalidInputError) as caught, translated_read_errors(Path("a.csv")):
        Path("/proc/self/mem").read_bytes()
    assert caught.value.code == "not_readable"
    assert caught.value.where == "a.csv"


def test_the_manifest_lists_every_file_with_digest_and_size_and_is_not_in_itself(tmp_path):
    with atomic_folder(tmp_path / "bundle", influences_prediction=lambda name: name != "README.md") as folder:
        (folder / "README.md").write_text("about")
        (folder / "sub").mkdir()
        (folder / "sub" / "weights").write_bytes(b"\0\1\2")
    manifest = read_manifest(tmp_path / "bundle")
    assert list(manifest.files) == ["README.md", "sub/weights"]
    assert [entry.influences_prediction for entry in manifest.files.values()] == [False, True]
    for name, entry in manifest.files.items():
        path = tmp_path / "bundle" / name
        assert (entry.sha256, entry.size) == (sha256_of_file(path), path.stat().st_size)
    assert changed_files(tmp_path / "bundle", manifest) == []


def test_a_new_folder_takes_the_place_of_the_old_one_with_all_its_files(tmp_path):
    fill(tmp_path / "rows", a="old", b="old")
    fill(tmp_path / "rows", a="new")
    assert names_in(tmp_path / "rows") == [MANIFEST, "a"]
    assert (tmp_path / "rows" / "a").read_text() == "new"
    assert names_in(tmp_path) == ["rows"]


def test_a_folder_takes_the_place_of_a_file(tmp_path):
    write_text(tmp_path / "rows", "a file")
    fill(tmp_path / "rows", a="new")
    assert (tmp_path / "rows" / "a").read_text() == "new"
    assert names_in(tmp_path) == ["rows"]


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "no manifest"), (b"", "not a manifest"), (b"{}", "not a manifest"), (b"\xff\0", "not a manifest")],
)
def test_a_folder_without_a_whole_manifest_is_incomplete(tmp_path, content, found):
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        read_manifest(tmp_path)
    assert caught.value.code == "incomplete_folder"
    assert found in caught.value.found


def test_a_file_in_the_place_of_a_folder_has_no_manifest(tmp_path):
    (tmp_path / "bundle").write_text("")
    with pytest.raises(InvalidInputError) as caught:
        read_manifest(tmp_path / "bundle")
    assert caught.value.code == "incomplete_folder"


def test_missing_longer_and_shorter_files_are_found_in_the_order_of_the_manifest(tmp_path):
    fill(tmp_path / "rows", a="one", b="two", c="three", d="four")
    manifest = read_manifest(tmp_path / "rows")
    (tmp_path / "rows" / "a").unlink()
    (tmp_path / "rows" / "b").write_text("tw")
    (tmp_path / "rows" / "d").write_text("four ")
    assert changed_files(tmp_path / "rows", manifest) == ["a", "b", "d"]


def test_json_keeps_characters_and_ends_with_a_line_end(tmp_path):
    write_json(tmp_path / "a.json", {"标签": "好评", "value": float("inf")})
    assert (tmp_path / "a.json").read_bytes() == '{\n  "标签": "好评",\n  "value": Infinity\n}\n'.encode()


def test_a_killed_process_leaves_the_old_folder_whole_and_its_traces_can_be_removed(tmp_path):
    fill(tmp_path / "rows", a="old")
    (tmp_path / ".rows.tmp-note").write_text("the user's own")
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from heptune.storage.artifacts import atomic_file, atomic_folder\n"
        "with atomic_file(Path(sys.argv[1]) / 'a.json') as file, atomic_folder(Path(sys.argv[1]) / 'rows') as folder:\n"
        "    file.write_text('half'), (folder / 'a').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "rows" / "a").read_text() == "old"
    assert changed_files(tmp_path / "rows", read_manifest(tmp_path / "rows")) == []
    assert len(names_in(tmp_path)) == 4
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == [".rows.tmp-note", "rows"]
