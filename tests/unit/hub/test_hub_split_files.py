"""Which files belong to which split; `datasets` itself is the oracle wherever it answers."""

from pathlib import PurePosixPath

import pytest
from datasets.data_files import DataFilesDict, get_data_patterns, sanitize_patterns
from datasets.utils.metadata import MetadataConfigs

from heptune.errors import InvalidInputError
from heptune.hub.configurations import Configuration, choose_configuration, configurations_of_card
from heptune.hub.split_files import files_by_split
from heptune.schemas.data_files import FORMATS, format_of

LAYOUTS = [
    ["data.csv"],
    ["a.csv", "b.csv"],
    ["train.csv", "test.csv"],
    ["train.csv", "valid.csv", "test.csv", "labels.csv"],
    ["train.jsonl", "dev.jsonl", "README.md"],
    ["data/train.csv", "data/val.csv"],
    ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet", "data/test-00000-of-00001.parquet"],
    ["data/unsupervised-00000-of-00001.parquet", "data/train-00000-of-00001-0a1b2c.parquet"],
    ["train/0.csv", "train/1.csv", "evaluation/0.csv"],
    ["my_train_part/0.csv", "my-test/x/y.csv", "other/z.csv"],
    ["training_2.csv", "testing_2.csv"],
    ["trainer.csv", "latest.csv", "contest.csv"],
    ["train1.csv", "train 2.csv", "train_10.csv", "TEST.csv"],
    ["a/train.tsv", ".hidden/test.tsv", "__special__/test.tsv", ".test.tsv"],
    ["train.ndjson", "dataset_infos.json", "config.json"],
    ["validation.csv", "dev.csv", "train.csv"],
]


def by_datasets(root, patterns=None):
    patterns = patterns or get_data_patterns(str(root))
    found = DataFilesDict.from_local_or_remote(patterns, base_path=str(root))
    return {
        split: [path.removeprefix(f"{root}/").removeprefix("./") for path in paths] for split, paths in found.items()
    }


@pytest.mark.parametrize("paths", LAYOUTS, ids=" ".join)
def test_names_are_understood_as_datasets_understands_them(paths, make_folder):
    root = make_folder("data", dict.fromkeys(paths, "x"))
    expected = by_datasets(root)
    found = files_by_split(paths, Configuration(), "here")
    assert {split: sorted(files) for split, files in found.items()} == {
        split: sorted({path for path in files if path.rpartition(".")[2] != "md"}) for split, files in expected.items()
    }


DATA_FILES = [
    "train.csv",
    ["part0/*.csv", "part1/*.csv"],
    [{"split": "train", "path": "part1/*"}, {"split": "test", "path": ["part0/b.csv", "part0/a.csv"]}],
    [{"split": "train", "path": "**/*.csv"}, {"split": "extra", "path": "part?/[ab].csv"}],
    [{"split": "train", "path": "./part0/**"}, {"split": "test", "path": ".hidden/*"}],
]


@pytest.mark.parametrize("data_files", DATA_FILES, ids=str)
def test_patterns_of_a_card_find_the_same_files_in_the_same_order_as_for_datasets(data_files, make_folder):
    paths = ["train.csv", "part0/a.csv", "part0/b.csv", "part0/deep/c.csv", "part1/a.csv", ".hidden/d.csv"]
    root = make_folder("data", dict.fromkeys(paths, "x"))
    card = {"configs": [{"config_name": "default", "data_files": data_files}]}
    configuration = choose_configuration(configurations_of_card(card, "here"), None, "name")
    found = files_by_split(paths, configuration, "here")
    assert {split: list(files) for split, files in found.items()} == by_datasets(root, sanitize_patterns(data_files))


@pytest.mark.parametrize(
    "configs",
    [
        [{"config_name": "only"}],
        [{"config_name": "a"}, {"config_name": "default"}],
        [{"config_name": "a"}, {"config_name": "b", "default": True}],
    ],
)
def test_the_same_configuration_is_the_default_as_for_datasets(configs):
    card = {"configs": configs}
    chosen = choose_configuration(configurations_of_card(card, "here"), None, "name")
    assert chosen.name == MetadataConfigs.from_dataset_card_data(card).get_default_config_name()


@pytest.mark.parametrize("folder", ["french", "./french/", "/french"])
def test_a_configuration_may_have_its_own_folder(folder):
    card = {"configs": [{"config_name": "fr", "data_dir": folder}]}
    paths = ["french/train.csv", "french/test.csv", "train.csv", "frenchy/train.csv"]
    (configuration,) = configurations_of_card(card, "here")
    assert files_by_split(paths, configuration, "here") == {
        "train": ("french/train.csv",),
        "test": ("french/test.csv",),
    }


@pytest.mark.parametrize("name", ["validation", "valid", "val", "dev", "Dev"])
def test_validation_rows_have_one_name(name):
    configuration = Configuration(patterns={"train": ("a.csv",), name: ("b.csv",)})
    assert files_by_split(["a.csv", "b.csv"], configuration, "here") == {"train": ("a.csv",), "validation": ("b.csv",)}


def test_two_validation_splits_keep_their_own_names():
    configuration = Configuration(patterns={"validation": ("a.csv",), "dev": ("b.csv",)})
    assert files_by_split(["a.csv", "b.csv"], configuration, "here") == {"validation": ("a.csv",), "dev": ("b.csv",)}


@pytest.mark.parametrize(
    ("paths", "taken"),
    [
        (["train.csv", "train.parquet"], ("train.parquet",)),
        (["train_1.csv", "train_2.csv", "train.parquet"], ("train_1.csv", "train_2.csv")),
        (["train.json", "train_2.jsonl"], ("train.json", "train_2.jsonl")),
        (["train.csv.gz", "train.txt"], ("train.csv.gz",)),
        (["train_1.csv", "train_2.csv.gz", "train.xlsx"], ("train_1.csv", "train_2.csv.gz")),
        (["train.feather", "train.CSV"], ("train.CSV",)),
        (["train.parquet.gz", "train.txt"], None),
    ],
)
def test_the_same_rows_in_two_formats_are_read_once(paths, taken):
    found = files_by_split(paths, Configuration(), "here").get("train")
    assert (found and tuple(sorted(found))) == taken


@pytest.mark.parametrize("ending", [*FORMATS, ".csv.gz", ".jsonl.gz"])
def test_what_is_read_from_a_folder_is_read_from_the_hub(ending):
    assert format_of(PurePosixPath(f"train{ending}"))
    assert files_by_split([f"train{ending}"], Configuration(), "here") == {"train": (f"train{ending}",)}


@pytest.mark.parametrize("paths", [["train_test.csv"], ["train/test/a.csv"], ["eval-train.csv", "train.csv"]])
def test_a_file_whose_name_says_two_splits_is_refused_because_it_would_leak(paths):
    with pytest.raises(InvalidInputError) as caught:
        files_by_split(paths, Configuration(), "here")
    assert caught.value.code == "ambiguous_split"
    assert [fault.where for fault in caught.value.faults] == paths[:1]
