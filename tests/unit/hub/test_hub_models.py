"""Models by name, through the Hub's real client against a stand-in Hub."""

import shutil
from pathlib import Path

import pytest

from heptune.errors import InvalidInputError, ResourceError, UsageError
from heptune.hub.models import cached_folder, download_model, find_cached_model, resolve_model
from heptune.schemas.model_files import VOCABULARIES


def content_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_name_is_resolved_to_the_commit_its_licence_and_its_needed_files(start_hub, gpt2):
    hub = start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    assert model.repo_id == "gpt2"
    assert model.commit == hub.commit("models", "gpt2").sha
    assert len(model.commit) == 40
    assert model.licence == "mit"
    assert model.files == {
        name: (gpt2 / name).stat().st_size
        for name in (
            "config.json",
            "merges.txt",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.json",
        )
    }


def test_only_needed_files_are_downloaded_and_their_bytes_are_announced_first(start_hub, gpt2, announced):
    hub = start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")

    def announce(size: int) -> None:
        announced.append((size, sum("/resolve/" in request and "README" not in request for request in hub.requests)))

    folder = download_model(model, announce)
    assert announced == [(sum(model.files.values()), 0)]
    assert content_of(folder) == {*model.files, "README.md"}
    assert (folder / "model.safetensors").read_bytes() == (gpt2 / "model.safetensors").read_bytes()
    assert not any(name.endswith((".bin", ".py")) for name in "\n".join(hub.requests).split())


def test_sharded_weights_are_all_needed_and_other_safetensors_are_not(start_hub, sharded):
    start_hub(models={"big": sharded})
    weights = {name for name in resolve_model("big").files if "safetensors" in name}
    assert weights == {
        "model.safetensors.index.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    }


def test_a_single_weights_file_is_preferred_to_shards(start_hub, sharded):
    (sharded / "model.safetensors").write_text("all in one")
    start_hub(models={"both": sharded})
    assert [name for name in resolve_model("both").files if "safetensors" in name] == ["model.safetensors"]


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=" ".join)
def test_any_tokenizer_that_is_read_from_a_folder_is_downloaded(start_hub, make_folder, model_files, vocabulary):
    files = {"config.json": "{}", "model.safetensors": "w", "sentences.model": "z"} | dict.fromkeys(vocabulary, "v")
    start_hub(models={"m": make_folder("m", files)})
    assert set(resolve_model("m").files) == {"config.json", "model.safetensors", *vocabulary}


def test_files_in_folders_are_not_taken(start_hub, make_folder, model_files):
    extras = {
        "onnx/model.onnx": "x",
        "1_Pooling/config.json": "{}",
        "original/tokenizer.model": "x",
        "spiece.model": "y",
    }
    start_hub(models={"owner/model": make_folder("m", model_files | extras)})
    files = resolve_model("owner/model").files
    assert "spiece.model" in files
    assert not any("/" in name for name in files)


def test_weights_that_are_only_pickles_are_refused_before_any_download(start_hub, make_folder, model_files):
    del model_files["model.safetensors"]
    hub = start_hub(models={"old": make_folder("old", model_files | {"pytorch_model.bin": "pickle"})})
    with pytest.raises(InvalidInputError, match="only as pickles") as caught:
        resolve_model("old")
    assert caught.value.code == "pickled_weights"
    assert caught.value.found == "pytorch_model.bin"
    assert "save_pretrained" in caught.value.remedy
    assert "refs/pr/N" in caught.value.remedy
    assert not any("/resolve/" in request for request in hub.requests)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_repository_without_a_loadable_model_is_refused(start_hub, make_folder, model_files, missing):
    del model_files[missing]
    start_hub(models={"half": make_folder("half", model_files)})
    with pytest.raises(InvalidInputError) as caught:
        resolve_model("half")
    assert (caught.value.code, caught.value.expected) == ("incomplete_model", missing)


def test_a_repository_without_a_tokenizer_is_refused(start_hub, make_folder):
    start_hub(models={"half": make_folder("half", {"config.json": "{}", "model.safetensors": "w"})})
    with pytest.raises(InvalidInputError) as caught:
        resolve_model("half")
    assert caught.value.expected == "tokenizer.json"


@pytest.mark.parametrize(
    ("front_matter", "licence"),
    [
        ("license: apache-2.0", "apache-2.0"),
        ("license: [mit, cc-by-4.0]", "mit, cc-by-4.0"),
        ("license: other\nlicense_name: qwen-research", "qwen-research"),
        ("license: other", "other"),
        ("tags: [text]", None),
        ("license: [unclosed", None),
        ("- a list", None),
    ],
)
def test_the_licence_is_what_the_card_says(start_hub, make_folder, model_files, front_matter, licence):
    model_files["README.md"] = f"---\n{front_matter}\n---\ntext"
    start_hub(models={"m": make_folder("m", model_files)})
    assert resolve_model("m").licence == licence


@pytest.mark.parametrize("readme", ["", "# only a title", "---\nlicense: mit", None])
def test_a_model_without_front_matter_has_no_known_licence(start_hub, make_folder, model_files, readme):
    del model_files["README.md"]
    start_hub(models={"m": make_folder("m", model_files | ({} if readme is None else {"README.md": readme}))})
    assert resolve_model("m").licence is None


@pytest.mark.parametrize("name", ["a/b/c", "../secret", "-gpt2", "模型", "https://huggingface.co/gpt2", "a--b"])
@pytest.mark.parametrize("offline", ["0", "1"])
def test_a_malformed_name_is_a_usage_error_and_asks_nothing(start_hub, monkeypatch, name, offline):
    hub = start_hub()
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    with pytest.raises(UsageError) as caught:
        resolve_model(name)
    assert (caught.value.code, caught.value.found) == ("malformed_name", name)
    assert hub.requests == []


@pytest.mark.parametrize("revision", ["../../../etc/passwd", "a b", "/main", ""])
def test_a_malformed_revision_is_a_usage_error(revision):
    with pytest.raises(UsageError) as caught:
        resolve_model("gpt2", revision=revision)
    assert caught.value.code == "malformed_revision"


def test_a_malformed_known_commit_is_a_usage_error():
    with pytest.raises(UsageError) as caught:
        resolve_model("gpt2", known_commit="../../../etc")
    assert caught.value.code == "malformed_revision"


def test_a_download_that_does_not_fit_on_the_disk_is_refused_before_it_starts(
    start_hub, gpt2, announced, monkeypatch, hub_cache
):
    start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    usage = shutil.disk_usage(gpt2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1))
    with pytest.raises(ResourceError, match="too full") as caught:
        download_model(model, announced.append)
    assert caught.value.where == str(hub_cache)
    assert announced == []


def test_a_model_that_lies_in_the_cache_as_a_whole_is_found_without_a_question(start_hub, gpt2, announced):
    hub = start_hub(models={"openai-community/gpt2": gpt2})
    assert find_cached_model("openai-community/gpt2") is None
    assert hub.requests == []
    downloaded = download_model(resolve_model("openai-community/gpt2"), announced.append)
    asked = len(hub.requests)
    cached = find_cached_model("openai-community/gpt2")
    assert (cached.commit, cached.licence) == (hub.commit("models", "openai-community/gpt2").sha, "mit")
    assert cached_folder(cached) == downloaded
    assert find_cached_model("openai-community/gpt2", revision=cached.commit).files == cached.files
    assert find_cached_model("openai-community/gpt2", revision="0" * 40) is None
    (downloaded / "model.safetensors").unlink()
    assert find_cached_model("openai-community/gpt2") is None
    assert len(hub.requests) == asked


def test_a_cached_model_whose_card_is_out_of_reach_has_no_known_licence(start_hub, gpt2, announced):
    hub = start_hub(models={"gpt2": gpt2})
    folder = download_model(resolve_model("gpt2"), announced.append)
    (folder / "README.md").unlink()
    hub.status = 503
    assert resolve_model("gpt2", revision=folder.name).licence is None
