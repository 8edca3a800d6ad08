"""`heptune push` and `heptune pull`, with the Hub's own client against a stand-in on loopback."""

import json
import shutil
from pathlib import Path

import pytest
from made_up_data import messages, write_csv
from stand_in_hub import StandInHub

import heptune as library
from heptune.storage.artifacts import MANIFEST

NAME = "acme/tickets"


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """An empty Hub to which we may write; large files go by Git LFS, as no stand-in for Xet's store is to be had."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.utils._runtime.constants.HF_HUB_DISABLE_XET", True)
    with StandInHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield hub


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("XDG_STATE_HOME", str(folder / "state"))
        data = write_csv(folder / "d.csv", messages(120))
        return library.run(data, sources={"method": "tfidf"}, out=folder / "run").bundle


@pytest.fixture
def bundle(trained, workplace):
    shutil.copytree(trained, workplace / "bundle")
    return Path("bundle")


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_pushed_is_private_and_comes_back_byte_by_byte(hub, bundle, heptune):
    told = heptune("push", bundle, NAME, "--format", "json").json
    assert (told["repo_id"], told["private"]) == (NAME, True)
    assert told["commit"] == hub.commit("models", NAME).sha
    assert NAME in hub.private
    pulled = heptune("pull", NAME, "--format", "json").json
    assert (pulled["commit"], pulled["folder"]) == (told["commit"], "tickets")
    back = files_of(Path("tickets"))
    assert back.pop(".gitattributes")
    assert back == files_of(bundle)
    assert heptune("verify", "tickets").code == 0
    assert heptune("predict", "tickets", "--text", "great").out == heptune("predict", bundle, "--text", "great").out


def test_people_are_shown_the_page_the_revision_and_the_way_back(hub, bundle, heptune):
    shown = heptune("push", bundle, NAME, "--public").out
    commit = hub.commit("models", NAME).sha
    assert f"public  {hub.endpoint}/{NAME}" in shown
    assert f"heptune pull {NAME} --revision {commit}" in shown
    assert NAME not in hub.private
    assert f"revision {commit}" in heptune("pull", NAME, "--out", "there").out


def test_a_new_version_takes_the_place_of_the_old_which_its_revision_still_gives(hub, bundle, heptune):
    first = heptune("push", bundle, NAME, "--format", "quiet").out.strip()
    (bundle / "README.md").write_text("# Another card\n")
    second = heptune("push", bundle, NAME, "--format", "quiet").out.strip()
    assert first != second
    heptune("pull", NAME, "--out", "new")
    heptune("pull", NAME, "--revision", first, "--out", "old")
    assert Path("new/README.md").read_text() == "# Another card\n"
    assert Path("old/README.md").read_text() != "# Another card\n"


def test_files_of_another_kind_of_bundle_do_not_stay(hub, bundle, heptune):
    heptune("push", bundle, NAME)
    hub.change(NAME, "main", [{"key": "file", "value": {"path": "model.onnx", "content": "AAAA"}}])
    heptune("push", bundle, NAME)
    assert "model.onnx" not in hub.commit("models", NAME).files


@pytest.mark.parametrize("place", ["README.md", "heptune.json", "tfidf.json"])
def test_personal_data_do_not_travel(hub, trained, workplace, heptune, place):
    from heptune.storage.artifacts import atomic_folder

    with atomic_folder(workplace / "bundle") as folder:
        shutil.copytree(trained, folder, dirs_exist_ok=True)
        (folder / MANIFEST).unlink()
        if place == "README.md":
            (folder / place).write_text((folder / place).read_text() + "\nAsk jane.doe@example.com\n")
        elif place == "heptune.json":
            content = json.loads((folder / place).read_text())
            content["provenance"]["data"]["name"] = "calls of +49 170 1234567.csv"
            (folder / place).write_text(json.dumps(content))
        else:
            content = json.loads((folder / place).read_text())
            # A pair of words that no golden text has.
            content["words"][content["words"].index(max(content["words"], key=len))] = "13812345678"
            (folder / place).write_text(json.dumps(content))
    outcome = heptune("push", "bundle", NAME, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "personal_data")
    assert [fault["where"] for fault in outcome.error["faults"]] == [place]
    assert hub.requests == []


def test_a_changed_bundle_is_not_pushed(hub, bundle, heptune):
    (bundle / "tfidf.json").write_text("{}")
    assert heptune("push", bundle, NAME).code == 3
    assert hub.requests == []


def test_a_public_repository_is_not_written_to_without_being_asked(hub, bundle, heptune):
    hub.make(NAME, private=False)
    before = hub.commit("models", NAME).sha
    outcome = heptune("push", bundle, NAME, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "public_repository")
    assert hub.commit("models", NAME).sha == before
    assert heptune("push", bundle, NAME, "--public").code == 0


def test_who_may_not_write_is_told_so(hub, bundle, heptune, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    outcome = heptune("push", bundle, NAME, "--format", "json")
    assert outcome.code == 5
    assert "HF_TOKEN" in outcome.error["remedy"]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    outcome = heptune("push", bundle, NAME, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "offline")


@pytest.mark.parametrize("damage", ["changed", "no bundle"])
def test_what_is_no_whole_bundle_is_not_put_into_place(hub, bundle, heptune, damage):
    heptune("push", bundle, NAME)
    if damage == "changed":
        hub.change(NAME, "main", [{"key": "file", "value": {"path": "tfidf.json", "content": "e30="}}])
    else:
        hub.change(NAME, "main", [{"key": "deletedFile", "value": {"path": "heptune.json"}}])
    outcome = heptune("pull", NAME, "--format", "json")
    assert outcome.code == (3 if damage == "changed" else 5)
    assert not [path for path in Path().iterdir() if "tickets" in path.name]


def test_pulling_overwrites_nothing_and_works_offline_from_the_cache(hub, bundle, heptune, monkeypatch):
    heptune("push", bundle, NAME)
    assert heptune("pull", NAME).code == 0
    again = heptune("pull", NAME, "--format", "json")
    assert (again.code, again.error["code"]) == (2, "exists")
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert heptune("pull", NAME, "--out", "offline").code == 0
    assert hub.requests == []
    assert heptune("pull", "acme/unknown", "--format", "json").code == 5
