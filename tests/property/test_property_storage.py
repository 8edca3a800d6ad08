"""No flipped or lost byte of a run folder reaches the next step: it is found, and the artifact is made again."""

import random
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from three_steps import prepare

from heptune.storage.artifacts import MANIFEST, atomic_folder, changed_files, read_manifest, write_text


def damaged(content, generator):
    """One flipped bit, or the end cut off."""
    position = generator.randrange(len(content))
    if generator.random() < 0.3:
        return content[:position]
    return content[:position] + bytes([content[position] ^ 1 << generator.randrange(8)]) + content[position + 1 :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A finished artifact of three files."""
    path = tmp_path_factory.mktemp("artifact") / "rows"
    with atomic_folder(path) as folder:
        for name, content in {"a": b"one\n" * 50, "b": bytes(range(256)), "empty": b""}.items():
            (folder / name).write_bytes(content)
    return path


@given(name=st.sampled_from("ab"), position=st.integers(0, 199), change=st.integers(1, 255))
def test_one_changed_byte_is_found(folder, name, position, change):
    path = folder / name
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ change]) + whole[position + 1 :])
        assert changed_files(folder, read_manifest(folder)) == [name]
    finally:
        path.write_bytes(whole)
    assert changed_files(folder, read_manifest(folder)) == []


@given(name=st.sampled_from(["a", "b", "empty"]), end=st.binary(min_size=1, max_size=5))
def test_one_byte_too_many_is_found(folder, name, end):
    path = folder / name
    whole = path.read_bytes()
    try:
        path.write_bytes(whole + end)
        assert changed_files(folder, read_manifest(folder)) == [name]
    finally:
        path.write_bytes(whole)


@given(text=st.text(st.characters(codec="utf-8")))
def test_a_text_is_written_byte_for_byte(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("text") / "a.txt"
    write_text(path, text)
    assert path.read_bytes() == text.encode()
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_no_damage_to_a_run_folder_changes_what_the_next_steps_read(tmp_path):
    data = tmp_path / "a.csv"
    data.write_text("text,label\n" + "".join(f"text number {n},{'ab'[n % 2]}\n" for n in range(40)))
    whole = prepare(tmp_path / "whole", data)
    files = [path.relative_to(whole.folder) for path in whole.folder.rglob("*") if path.is_file()]
    files = [file for file in files if file.suffix in (".json", ".arrow") and not file.name.startswith(".")]
    assert len(files) == 3 + 4 + 1
    generator, redone = random.Random(0), 0
    for trial in range(160):
        file = files[trial % len(files)]
        shutil.copytree(whole.folder, tmp_path / "run")
        content = (tmp_path / "run" / file).read_bytes()
        (tmp_path / "run" / file).write_bytes(damaged(content, generator))
        again = prepare(tmp_path / "run", data)
        assert again.dataset == whole.dataset, file
        assert again.sources == whole.sources, file
        for name in [f"{split}.arrow" for split in whole.dataset.splits] + [MANIFEST]:
            ours, theirs = (run.folder / "dataset" / name for run in (again, whole))
            assert ours.read_bytes() == theirs.read_bytes(), file
        redone += not all(again.reused.values())
        shutil.rmtree(tmp_path / "run")
    assert redone > 140  # the others changed how long a step took, or white space
