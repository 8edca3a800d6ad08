"""Which bundles are served under which names, and which are not."""

import json
import shutil

import pytest

from heptune.errors import InvalidInputError, MissingError, UsageError
from heptune.server.models import open_models


@pytest.fixture
def copied(bundle_folder, tmp_path):
    return shutil.copytree(bundle_folder, tmp_path / "copied")


def test_the_bundle_of_a_run_has_the_name_of_the_run(bundle_folder, tmp_path):
    for place, name in (("my tickets!/bundle", "my-tickets"), ("v2.1", "v2.1"), ("客户/bundle", "model")):
        folder = shutil.copytree(bundle_folder, tmp_path / place)
        assert [model.name for model in open_models([str(folder)])] == [name]


def test_names_may_be_given_also_for_folders_with_an_equals_sign(bundle_folder, tmp_path):
    folder = shutil.copytree(bundle_folder, tmp_path / "a=b")
    assert [model.name for model in open_models([f"one={folder}", str(folder)])] == ["one", "a-b"]


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x" * 65, "é"])
def test_a_name_that_no_path_can_hold_is_refused(bundle_folder, name):
    with pytest.raises(UsageError) as caught:
        open_models([f"{name}={bundle_folder}"])
    assert caught.value.code == "bad_name"


def test_a_name_twice_is_refused(bundle_folder):
    with pytest.raises(UsageError) as caught:
        open_models([f"one={bundle_folder}", f"one={bundle_folder}"])
    assert caught.value.code == "same_name"


def test_a_changed_file_is_named(copied):
    path = copied / "tfidf.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        open_models([str(copied)])
    assert [fault.where for fault in caught.value.faults] == ["tfidf.safetensors"]


def test_answers_that_are_not_those_recorded_are_named(copied):
    from heptune.storage.artifacts import MANIFEST, sha256_of_file

    path, manifest = copied / "heptune.json", copied / MANIFEST
    info = json.loads(path.read_text(encoding="utf-8"))
    info["golden"][1]["probabilities"] = info["golden"][1]["probabilities"][::-1]
    path.write_text(json.dumps(info), encoding="utf-8")
    written = json.loads(manifest.read_text(encoding="utf-8"))
    written["files"]["heptune.json"] |= {"sha256": sha256_of_file(path), "size": path.stat().st_size}
    manifest.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        open_models([str(copied)])
    assert caught.value.code == "golden_differs"
    assert [fault.where for fault in caught.value.faults] == [info["golden"][1]["text"]]


def test_what_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingError):
        open_models([str(tmp_path)])
