"""Data sets by name, through the Hub's real client against a stand-in Hub."""

import json

import pytest

from heptune.errors import InvalidInputError, MissingError, UsageError
from heptune.hub.datasets import download_dataset, resolve_dataset

NAME = "mteb/tweet_sentiment_extraction"
TWEETS = {
    "README.md": "---\nlicense: cc-by-4.0\n---\n# Tweets",
    "train.jsonl": '{"text": "a", "label": 0}\n',
    "test.jsonl": '{"text": "b", "label": 1}\n',
}


@pytest.fixture
def serve(start_hub, make_folder):
    """Serve one data set of these files."""

    def start(files, **branches):
        folders = {NAME: make_folder("data", files)}
        folders |= {f"{NAME}@refs/convert/parquet": make_folder("parquet", files) for files in branches.values()}
        return start_hub(datasets=folders)

    return start


def card(configs: str) -> str:
    return f"---\nlicense: mit\nconfigs:\n{configs}\n---\n"


def test_a_name_is_resolved_to_the_commit_the_licence_and_the_files_of_each_split(serve):
    hub = serve(TWEETS)
    dataset = resolve_dataset(NAME)
    assert dataset.repo_id == NAME
    assert dataset.commit == hub.commit("datasets", NAME).sha
    assert dataset.licence == "cc-by-4.0"
    assert dataset.files == {"train": ("train.jsonl",), "test": ("test.jsonl",)}


def test_only_the_files_of_the_splits_are_downloaded_and_announced_once(serve, announced):
    hub = serve(TWEETS | {"preview.png": "x" * 5000})
    dataset = resolve_dataset(NAME)
    paths = download_dataset(dataset, announced.append)
    assert {split: [path.read_text() for path in files] for split, files in paths.items()} == {
        "train": [TWEETS["train.jsonl"]],
        "test": [TWEETS["test.jsonl"]],
    }
    assert announced == [len(TWEETS["train.jsonl"]) + len(TWEETS["test.jsonl"])]
    assert not any("preview" in request for request in hub.requests)
    hub.requests.clear()
    assert download_dataset(dataset, announced.append) == paths
    assert len(announced) == 1
    assert hub.requests == []


def test_offline_a_cached_data_set_is_the_same_and_nothing_is_asked(serve, announced, monkeypatch):
    configs = card("- config_name: default\n  data_files:\n  - {split: dev, path: test.jsonl}")
    hub = serve(TWEETS | {"README.md": configs})
    online = resolve_dataset(NAME)
    paths = download_dataset(online, announced.append)
    hub.requests.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offline = resolve_dataset(NAME)
    assert (offline.commit, offline.files, offline.licence) == (online.commit, {"validation": ("test.jsonl",)}, "mit")
    assert download_dataset(offline, announced.append) == paths
    assert hub.requests == []


def test_a_known_commit_is_not_asked_again(serve, make_folder, announced):
    hub = serve(TWEETS)
    first = resolve_dataset(NAME)
    download_dataset(first, announced.append)
    hub.push("datasets", NAME, make_folder("newer", TWEETS | {"train.jsonl": "{}"}))
    hub.requests.clear()
    assert resolve_dataset(NAME, known_commit=first.commit) == resolve_dataset(NAME, known_commit=first.commit)
    assert hub.requests == []
    assert resolve_dataset(NAME).commit != first.commit


def test_offline_a_missing_data_file_is_named(serve, announced, monkeypatch):
    serve(TWEETS)
    paths = download_dataset(resolve_dataset(NAME), announced.append)
    paths["test"][0].unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match=r"test\.jsonl") as caught:
        download_dataset(resolve_dataset(NAME), announced.append)
    assert caught.value.where == str(paths["test"][0].parent)
    assert "--repo-type dataset" in caught.value.remedy


def test_offline_a_missing_card_is_named_because_it_may_say_which_files_are_meant(serve, announced, monkeypatch):
    serve(TWEETS)
    paths = download_dataset(resolve_dataset(NAME), announced.append)
    (paths["test"][0].parent / "README.md").unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match=r"README\.md"):
        resolve_dataset(NAME)


def test_offline_files_without_the_list_of_all_files_are_not_taken_for_the_data_set(serve, announced, monkeypatch):
    serve(TWEETS)
    paths = download_dataset(resolve_dataset(NAME), announced.append)
    listings = paths["test"][0].parents[2] / "trees"
    for listing in listings.iterdir():
        listing.unlink()
    monkeypatch.setattr("huggingface_hub._tree_cache._IN_MEMORY_TREE_CACHE", {})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match="not the list") as caught:
        resolve_dataset(NAME)
    assert caught.value.code == "not_cached"


def test_paths_that_leave_the_repository_are_not_taken(serve, announced, monkeypatch):
    serve(TWEETS)
    folder = download_dataset(resolve_dataset(NAME), announced.append)["train"][0].parent
    listing = folder.parents[1] / "trees" / f"{folder.name}.json"
    content = json.loads(listing.read_text())
    outside = ["/etc/train.csv", "../train.jsonl", "data/../../train.jsonl", "..\\train.jsonl"]
    content["files"] |= {path: {"size": 1, "blob_id": "0"} for path in outside}
    listing.write_text(json.dumps(content))
    monkeypatch.setattr("huggingface_hub._tree_cache._IN_MEMORY_TREE_CACHE", {})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_dataset(NAME).files == {"train": ("train.jsonl",), "test": ("test.jsonl",)}


TWO = card(
    "- {config_name: english, data_files: en/*.csv}\n"
    "- {config_name: french, data_files: [{split: test, path: fr/*.csv}]}"
)
TWO_FILES = {"README.md": TWO, "en/a.csv": "text,label\n", "fr/b.csv": "text,label\n"}


def test_one_of_several_configurations_has_to_be_chosen(serve):
    serve(TWO_FILES)
    with pytest.raises(UsageError) as caught:
        resolve_dataset(NAME)
    assert (caught.value.code, caught.value.expected) == ("configuration_needed", "english, french")
    french = resolve_dataset(NAME, configuration="french")
    assert french.files == {"test": ("fr/b.csv",)}


def test_an_unknown_configuration_is_refused_with_the_nearest(serve):
    serve(TWO_FILES)
    with pytest.raises(UsageError) as caught:
        resolve_dataset(NAME, configuration="englisch")
    assert (caught.value.code, caught.value.expected) == ("unknown_configuration", "english, french")
    assert "english" in caught.value.remedy


def test_a_configuration_of_a_data_set_without_any_is_refused(serve):
    serve(TWEETS)
    with pytest.raises(UsageError) as caught:
        resolve_dataset(NAME, configuration="english")
    assert caught.value.expected == "default"


def test_a_data_set_of_a_loading_script_alone_is_refused_and_the_parquet_branch_named(serve):
    serve({"README.md": "# old", "tweet.py": "import os", "data.zip": "PK"})
    with pytest.raises(InvalidInputError, match="never run") as caught:
        resolve_dataset(NAME)
    assert caught.value.code == "loading_script"
    assert "refs/convert/parquet" in caught.value.remedy


def test_the_parquet_branch_is_read_by_configuration_and_split(serve, announced, monkeypatch):
    parquet = {
        "mnli/train/0000.parquet": b"PAR1",
        "mnli/train/0001.parquet": b"PAR1",
        "mnli/validation_matched/0000.parquet": b"PAR1",
        "sst2/partial-train/0000.parquet": b"PAR1",
        "sst2/validation/0000.parquet": b"PAR1",
    }
    serve({"glue.py": "import os"}, convert=parquet)
    branch = "refs/convert/parquet"
    mnli = resolve_dataset(NAME, configuration="mnli", revision=branch)
    assert mnli.files == {
        "train": ("mnli/train/0000.parquet", "mnli/train/0001.parquet"),
        "validation_matched": ("mnli/validation_matched/0000.parquet",),
    }
    assert resolve_dataset(NAME, configuration="sst2", revision=branch).files.keys() == {"train", "validation"}
    with pytest.raises(UsageError, match="several configurations"):
        resolve_dataset(NAME, revision=branch)
    download_dataset(mnli, announced.append)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert resolve_dataset(NAME, configuration="mnli", revision=branch).files == mnli.files


def test_a_data_set_without_readable_files_says_what_it_holds(serve):
    serve({"README.md": "# images", "a.png": "x", "b.png": "y", "LICENSE": "z"})
    with pytest.raises(InvalidInputError) as caught:
        resolve_dataset(NAME)
    assert caught.value.code == "no_data_files"
    assert caught.value.found == ".md, .png, LICENSE"


def test_patterns_that_find_nothing_are_named(serve):
    serve(TWEETS | {"README.md": card("- config_name: default\n  data_files: data/*.parquet")})
    with pytest.raises(InvalidInputError, match="no data files") as caught:
        resolve_dataset(NAME)
    assert "data/*.parquet" in caught.value.found


@pytest.mark.parametrize(
    "configs",
    [
        "  a: 1",
        "- data_files: a.csv",
        "- config_name: a\n  data_files: 3",
        "- config_name: a\n  data_files:\n  - {split: train}",
        "- config_name: a\n  data_files:\n  - {split: train, path: 3}",
        "- config_name: a\n  data_files:\n  - {split: train, path: a.csv}\n  - {split: train, path: b.csv}",
    ],
)
def test_a_card_that_does_not_say_clearly_which_files_are_meant_is_refused(serve, configs):
    serve(TWEETS | {"README.md": card(configs)})
    with pytest.raises(InvalidInputError) as caught:
        resolve_dataset(NAME)
    assert caught.value.code == "malformed_card"
    assert NAME in caught.value.where


@pytest.mark.parametrize("readme", [b"---\n: [\n---\n", b"---\nname: \xff\n---\n", b"---\njust text\n---\n"])
def test_a_card_that_cannot_be_read_is_refused(serve, readme):
    serve(TWEETS | {"README.md": readme})
    with pytest.raises(InvalidInputError) as caught:
        resolve_dataset(NAME)
    assert caught.value.code == "malformed_card"


@pytest.mark.parametrize(
    "path", ["https://example.com/a.csv", "zip://a.csv::data.zip", "hf://datasets/other/name/a.csv"]
)
def test_a_card_that_points_elsewhere_is_refused(serve, path):
    serve(TWEETS | {"README.md": card(f"- config_name: a\n  data_files: '{path}'")})
    with pytest.raises(InvalidInputError) as caught:
        resolve_dataset(NAME)
    assert (caught.value.code, caught.value.found) == ("remote_data_files", path)


def test_a_file_name_with_pattern_characters_is_downloaded_as_itself(serve, announced):
    serve({"train-[1].csv": "text,label\n", "train-1.csv": "other"})
    paths = download_dataset(resolve_dataset(NAME), announced.append)
    assert sorted(path.name for path in paths["train"]) == ["train-1.csv", "train-[1].csv"]
