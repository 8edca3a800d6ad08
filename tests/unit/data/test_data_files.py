from pathlib import Path

import datasets
import pytest

from heptune.data.files import DataFiles, find_data_files
from heptune.data.readers.open_table import open_table
from heptune.errors import InvalidInputError


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text,label\na,b\n")
    return folder


def found(folder):
    files = find_data_files(folder)
    splits = {split: getattr(files, split) for split in ("train", "validation", "test", "whole")}
    return {split: [path.relative_to(folder).as_posix() for path in paths] for split, paths in splits.items() if paths}


def test_a_file_is_the_whole_data(tmp_path):
    path = make(tmp_path, "test.csv") / "test.csv"
    assert find_data_files(path) == DataFiles(whole=(path,))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train.csv", "test.csv"], {"train": ["train.csv"], "test": ["test.csv"]}),
        (
            ["sst2_training.tsv", "sst2-dev.tsv", "SST2.Test.tsv", "README.md", "LICENSE", "dataset_infos.json"],
            {"train": ["sst2_training.tsv"], "validation": ["sst2-dev.tsv"], "test": ["SST2.Test.tsv"]},
        ),
        (
            ["data/train-00001-of-00002.parquet", "data/train-00000-of-00002.parquet", "data/val.parquet"],
            {
                "train": ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
                "validation": ["data/val.parquet"],
            },
        ),
        (
            ["train/part-10.csv", "train/part-2.csv", "test/part-1.csv"],
            {"train": ["train/part-2.csv", "train/part-10.csv"], "test": ["test/part-1.csv"]},
        ),
        (["训练.csv", "验证集.csv"], {"train": ["训练.csv"], "validation": ["验证集.csv"]}),
        (["reviews.csv", "script.py", ".hidden.csv", ".git/x.csv"], {"whole": ["reviews.csv"]}),
        (["latest.csv"], {"whole": ["latest.csv"]}),
        (["train_test.csv"], {"whole": ["train_test.csv"]}),
        (["train.csv.gz"], {"train": ["train.csv.gz"]}),
        (["train1.csv", "train2.csv"], {"train": ["train1.csv", "train2.csv"]}),
        (["x-0-of-2.arrow", "x-1-of-2.arrow"], {"whole": ["x-0-of-2.arrow", "x-1-of-2.arrow"]}),
        (["train.csv", "runs/a/1_goal.json", "runs/a/7_predictions.arrow"], {"train": ["train.csv"]}),
    ],
)  # fmt: skip
def test_the_files_of_a_folder_go_to_the_splits_that_their_names_tell(tmp_path, names, expected):
    assert found(make(tmp_path, *names)) == expected


def test_the_name_of_the_folder_itself_tells_nothing(tmp_path):
    folder = make(tmp_path / "test", "reviews.csv")
    assert found(folder) == {"whole": ["reviews.csv"]}


@pytest.mark.parametrize(
    ("names", "message", "listed"),
    [
        (["a.csv", "b.csv"], "several", ["a.csv", "b.csv"]),
        (["train.csv", "latest.csv", "contrain.csv"], "not clear", ["contrain.csv", "latest.csv"]),
        (["train.csv", "train_test.csv"], "not clear", ["train_test.csv"]),
        (["test.csv"], "no training file", ["test.csv"]),
        (["validation.csv", "test.csv"], "no training file", ["test.csv", "validation.csv"]),
        (["train.csv", "train.jsonl"], "formats", ["train.csv", "train.jsonl"]),
        (["train.csv", "train.csv.gz"], "formats", ["train.csv", "train.csv.gz"]),
        (["en/train.csv", "zh/train.csv"], "different folders", ["en/train.csv", "zh/train.csv"]),
        (["a-0-of-1.csv", "b-0-of-1.csv"], "several", ["a-0-of-1.csv", "b-0-of-1.csv"]),
    ],
)
def test_what_is_not_clear_is_refused_with_the_files(tmp_path, names, message, listed):
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(make(tmp_path, *names))
    assert message in caught.value.message
    assert sorted(fault.where for fault in caught.value.faults) == listed
    assert "--test" in caught.value.remedy


@pytest.mark.parametrize("names", [["train-00000-of-00002.csv"], ["x-00000-of-00002.csv"]])
def test_a_missing_part_is_refused(tmp_path, names):
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(make(tmp_path, *names))
    assert caught.value.code == "missing_shards"
    assert caught.value.faults[0].message == "part 1 of 2 is missing"


def test_a_folder_without_data_is_refused_with_what_it_holds(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(make(tmp_path, "train.xls", "README.md"))
    assert caught.value.code == "no_data_files"
    assert "train.xls" in caught.value.found
    assert ".xlsx" in caught.value.expected


def test_a_missing_path_suggests_near_names(tmp_path):
    make(tmp_path, "reviews.csv", "other.csv")
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(tmp_path / "review.csv")
    assert caught.value.remedy == "did you mean reviews.csv?"
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(tmp_path / "nowhere" / "reviews.csv")
    assert str(tmp_path / "nowhere") in caught.value.remedy


@pytest.mark.parametrize("is_dict", [True, False])
def test_folders_that_datasets_saved_are_read(tmp_path, is_dict):
    rows = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]})
    saved = datasets.DatasetDict({"train": rows, "test": rows}) if is_dict else rows
    saved.save_to_disk(tmp_path / "saved")
    files = find_data_files(tmp_path / "saved")
    assert [len(files.train), len(files.test), len(files.whole)] == ([1, 1, 0] if is_dict else [0, 0, 1])
    table = open_table((files.train + files.whole)[0])
    (chunk,) = table.chunks(["label"])
    assert chunk.columns["label"].to_pylist() == ["1", "0"]


def test_a_relative_path_works(tmp_path, monkeypatch):
    make(tmp_path, "train.csv")
    monkeypatch.chdir(tmp_path)
    assert find_data_files(Path()).train == (Path("train.csv"),)
