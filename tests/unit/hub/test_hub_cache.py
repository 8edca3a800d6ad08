"""What is known from the cache: offline, without a network, and for a commit that is known."""

import shutil

import pytest

from heptune.errors import InvalidInputError, MissingError, ResourceError
from heptune.hub.models import download_model, resolve_model


def test_a_second_download_asks_and_announces_nothing(start_hub, gpt2, announced):
    hub = start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    folder = download_model(model, announced.append)
    hub.requests.clear()
    assert download_model(model, announced.append) == folder
    assert len(announced) == 1
    assert hub.requests == []


def test_a_known_commit_is_kept_although_the_branch_moves_and_is_not_asked_again(
    start_hub, gpt2, make_folder, model_files, announced
):
    hub = start_hub(models={"gpt2": gpt2})
    first = resolve_model("gpt2")
    download_model(first, announced.append)
    newer = make_folder("newer", model_files | {"config.json": '{"model_type": "gpt2", "n_layer": 2}'})
    hub.push("models", "gpt2", newer)
    hub.requests.clear()
    assert resolve_model("gpt2", known_commit=first.commit).commit == first.commit
    assert hub.requests == []
    assert resolve_model("gpt2").commit != first.commit


def test_taking_a_known_commit_does_not_move_what_the_name_stands_for_offline(
    start_hub, gpt2, make_folder, model_files, announced, monkeypatch
):
    hub = start_hub(models={"gpt2": gpt2})
    old = resolve_model("gpt2").commit
    hub.push("models", "gpt2", make_folder("newer", model_files | {"config.json": "{}"}))
    newer = resolve_model("gpt2")
    download_model(newer, announced.append)
    download_model(resolve_model("gpt2", known_commit=old), announced.append)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_model("gpt2").commit == newer.commit
    assert resolve_model("gpt2", known_commit=old).commit == old


def test_a_known_commit_that_is_not_in_the_cache_is_fetched_at_that_commit(
    start_hub, gpt2, make_folder, model_files, announced
):
    hub = start_hub(models={"gpt2": gpt2})
    commit = hub.commit("models", "gpt2").sha
    hub.push("models", "gpt2", make_folder("newer", model_files | {"config.json": "{}"}))
    model = resolve_model("gpt2", known_commit=commit)
    folder = download_model(model, announced.append)
    assert (folder / "config.json").read_text() == '{"model_type": "gpt2"}'


def test_a_file_that_did_not_change_between_two_commits_is_not_announced_again(
    start_hub, gpt2, make_folder, model_files, announced
):
    hub = start_hub(models={"gpt2": gpt2})
    download_model(resolve_model("gpt2"), announced.append)
    config = '{"model_type": "gpt2", "n_layer": 2}'
    hub.push("models", "gpt2", make_folder("newer", model_files | {"config.json": config}))
    folder = download_model(resolve_model("gpt2"), announced.append)
    assert announced[1] == len(config)
    assert (folder / "model.safetensors").read_text() == model_files["model.safetensors"]


@pytest.mark.parametrize("revision", ["v1.0", "refs/pr/3"])
def test_a_revision_is_resolved_and_can_be_resolved_offline_later(
    start_hub, gpt2, make_folder, model_files, announced, monkeypatch, revision
):
    other = make_folder("other", model_files | {"config.json": '{"model_type": "bert"}'})
    hub = start_hub(models={"gpt2": gpt2, f"gpt2@{revision}": other})
    model = resolve_model("gpt2", revision=revision)
    assert model.commit == hub.commit("models", "gpt2", revision).sha
    download_model(model, announced.append)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_model("gpt2", revision=revision).commit == model.commit
    with pytest.raises(MissingError) as caught:
        resolve_model("gpt2")
    assert caught.value.code == "not_cached"


def test_offline_a_cached_model_is_the_same_and_nothing_is_asked(start_hub, gpt2, announced, monkeypatch):
    hub = start_hub(models={"gpt2": gpt2})
    online = resolve_model("gpt2")
    folder = download_model(online, announced.append)
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offline = resolve_model("gpt2")
    assert (offline.commit, offline.licence, offline.files) == (online.commit, online.licence, online.files)
    assert download_model(offline, announced.append) == folder
    assert hub.requests == []


def test_without_network_a_cached_model_is_taken_from_the_cache(start_hub, gpt2, announced, monkeypatch):
    start_hub(models={"gpt2": gpt2})
    online = resolve_model("gpt2")
    folder = download_model(online, announced.append)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    model = resolve_model("gpt2")
    assert model.commit == online.commit
    assert model.listing.unreachable
    assert download_model(model, announced.append) == folder


def test_offline_a_model_that_is_not_cached_says_where_it_was_sought_and_how_to_get_it(hub_cache, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match="model gpt2 is not in the Hub's cache") as caught:
        resolve_model("gpt2")
    assert caught.value.code == "not_cached"
    assert caught.value.where == str(hub_cache / "models--gpt2")
    assert "hf download gpt2 --revision main" in caught.value.remedy


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors", "config.json"])
def test_offline_a_missing_file_is_named_with_its_folder_and_a_remedy(start_hub, gpt2, announced, monkeypatch, name):
    """Case C23, second part."""
    start_hub(models={"gpt2": gpt2})
    folder = download_model(resolve_model("gpt2"), announced.append)
    (folder / name).unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match=name) as caught:
        download_model(resolve_model("gpt2"), announced.append)
    assert caught.value.code == "missing_file"
    assert caught.value.where == str(folder)
    assert f"hf download gpt2 {name} --revision {folder.name}" in caught.value.remedy


def test_a_file_lost_from_the_cache_is_fetched_again(start_hub, gpt2, announced):
    start_hub(models={"gpt2": gpt2})
    folder = download_model(resolve_model("gpt2"), announced.append)
    (folder / "tokenizer.json").resolve().unlink()
    download_model(resolve_model("gpt2"), announced.append)
    assert (folder / "tokenizer.json").read_text() == "{}"


def test_a_cache_filled_file_by_file_by_another_program_works_offline(start_hub, gpt2, announced, monkeypatch):
    start_hub(models={"gpt2": gpt2})
    folder = download_model(resolve_model("gpt2"), announced.append)
    shutil.rmtree(folder.parents[1] / "trees")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    forget_listings(monkeypatch)
    assert download_model(resolve_model("gpt2"), announced.append) == folder
    (folder / "tokenizer.json").unlink()
    (folder / "merges.txt").unlink()
    with pytest.raises(MissingError, match=r"merges\.txt"):
        resolve_model("gpt2")


def test_a_shard_missing_from_such_a_cache_is_named(start_hub, sharded, announced, monkeypatch):
    start_hub(models={"big": sharded})
    folder = download_model(resolve_model("big"), announced.append)
    shutil.rmtree(folder.parents[1] / "trees")
    (folder / "model-00002-of-00002.safetensors").unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    forget_listings(monkeypatch)
    with pytest.raises(MissingError, match=r"model-00002-of-00002\.safetensors"):
        resolve_model("big")
    (folder / "model.safetensors.index.json").write_text("[]")
    with pytest.raises(InvalidInputError) as caught:
        resolve_model("big")
    assert caught.value.code == "damaged_file"


def forget_listings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process would not remember what the client has read."""
    monkeypatch.setattr("huggingface_hub._tree_cache._IN_MEMORY_TREE_CACHE", {})


def test_a_readme_missing_offline_only_hides_the_licence(start_hub, gpt2, announced, monkeypatch):
    start_hub(models={"gpt2": gpt2})
    folder = download_model(resolve_model("gpt2"), announced.append)
    (folder / "README.md").unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_model("gpt2").licence is None


def test_a_revision_that_is_a_commit_is_not_asked_again(start_hub, gpt2, announced, monkeypatch):
    hub = start_hub(models={"gpt2": gpt2})
    commit = hub.commit("models", "gpt2").sha
    folder = download_model(resolve_model("gpt2", revision=commit), announced.append)
    hub.requests.clear()
    assert download_model(resolve_model("gpt2", revision=commit), announced.append) == folder
    assert hub.requests == []
    assert not (folder.parents[1] / "refs").exists()


def test_a_file_cut_short_in_the_cache_is_found_damaged(start_hub, gpt2, announced):
    start_hub(models={"gpt2": gpt2})
    model = resolve_model("gpt2")
    folder = download_model(model, announced.append)
    (folder / "model.safetensors").resolve().write_text("weig")
    with pytest.raises(InvalidInputError, match="damaged") as caught:
        download_model(model, announced.append)
    assert caught.value.where == str(folder / "model.safetensors")
    assert (caught.value.expected, caught.value.found) == ("4,000 bytes", "4 bytes")


def test_a_cache_that_is_a_file_is_reported_as_such(start_hub, gpt2, announced, monkeypatch, tmp_path):
    start_hub(models={"gpt2": gpt2})
    (tmp_path / "occupied").write_text("not a folder")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "occupied"))
    with pytest.raises(ResourceError) as caught:
        download_model(resolve_model("gpt2"), announced.append)
    assert caught.value.code == "not_writable"
