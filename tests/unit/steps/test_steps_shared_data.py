"""The real data sets beside the project go through steps 1 to 3 with no option but the path."""

import json

import pytest
from three_steps import prepare

pytestmark = pytest.mark.shared


@pytest.fixture
def sizes_of():
    """The number of rows of each split."""

    def sizes(prepared):
        return {name: split.rows for name, split in prepared.dataset.splits.items()}

    return sizes


def test_tweets_have_ids_and_names_in_two_columns(tmp_path, shared_data, sizes_of):
    prepared = prepare(tmp_path / "run", shared_data / "tweet_sentiment_extraction")
    dataset = prepared.dataset
    assert (dataset.text_column, dataset.label_column, dataset.label_name_column) == ("text", "label", "label_text")
    assert [(label.identifier, label.name) for label in dataset.labels] == [
        ("0", "negative"),
        ("1", "neutral"),
        ("2", "positive"),
    ]
    assert dataset.rows_read == 27_480 + 3_534
    assert sizes_of(prepared) == {"train": 25_980, "validation": 1_000, "calibration": 500, "test": 3_534}
    assert dataset.splits["test"].by_label == (1_001, 1_430, 1_103)
    assert dataset.columns == ("id", "text", "label", "label_text")
    assert (dataset.dropped, prepared.warnings) == (0, [])


def test_banking77_has_77_intents_under_another_column_name(tmp_path, shared_data, sizes_of):
    prepared = prepare(tmp_path / "run", shared_data / "banking77")
    dataset = prepared.dataset
    assert (dataset.text_column, dataset.label_column, dataset.label_name_column) == ("text", "category", None)
    assert len(dataset.labels) == 77
    assert list(dataset.label_names) == sorted(dataset.label_names)
    assert dataset.rows_read == 10_003 + 3_080
    assert sizes_of(prepared) == {"train": 8_503, "validation": 1_000, "calibration": 500, "test": 3_080}
    assert dataset.splits["test"].by_label == (40,) * 77
    assert (dataset.dropped, prepared.warnings) == (0, [])


def test_sst2_comes_in_three_files_with_stray_quotation_marks(tmp_path, shared_data, sizes_of):
    prepared = prepare(tmp_path / "run", shared_data / "sst2")
    dataset = prepared.dataset
    assert (dataset.text_column, dataset.label_column) == ("sentence", "label")
    assert dataset.label_names == ("negative", "positive")
    assert dataset.rows_read == 6_920 + 872 + 1_821
    assert sizes_of(prepared) == {"train": 6_574, "validation": 872, "calibration": 346, "test": 1_821}
    assert dataset.splits["validation"].by_label == (428, 444)
    assert dataset.splits["test"].by_label == (912, 909)
    lines = (shared_data / "sst2" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert prepared.pairs("test") == [tuple(line.split("\t")) for line in lines]


def test_waimai_is_chinese_with_labels_first_and_no_split(tmp_path, shared_data, sizes_of):
    prepared = prepare(tmp_path / "run", shared_data / "waimai_10k" / "waimai_10k.csv")
    dataset = prepared.dataset
    assert (dataset.text_column, dataset.label_column, dataset.label_names) == ("review", "label", ("0", "1"))
    assert dataset.rows_read == 11_987
    assert sizes_of(prepared) == {"train": 8_151, "validation": 959, "calibration": 480, "test": 2_397}
    counts = [split.by_label for split in dataset.splits.values()]
    assert tuple(map(sum, zip(*counts, strict=True))) == (7_987, 4_000)
    assert next(iter(dataset.scripts.items())) == ("han", pytest.approx(1, abs=0.01))


def test_a_sample_of_the_tweets_is_what_datasets_draws(tmp_path, shared_data):
    datasets = pytest.importorskip("datasets")
    folder = shared_data / "tweet_sentiment_extraction"
    settings = {"sample": 1_000, "test_sample": 1_000, "validation_share": 0, "calibration_share": 0}
    prepared = prepare(tmp_path / "run", folder, **settings)
    for split in ("train", "test"):
        lines = (folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = datasets.Dataset.from_list(list(map(json.loads, lines)))
        drawn = rows.shuffle(seed=42).select(range(1_000))
        assert prepared.pairs(split) == list(zip(drawn["text"], drawn["label_text"], strict=True))


def test_a_sample_counts_validation_and_calibration_too(tmp_path, shared_data, sizes_of):
    datasets = pytest.importorskip("datasets")
    folder = shared_data / "tweet_sentiment_extraction"
    prepared = prepare(tmp_path / "run", folder, sample=1_000)
    assert sizes_of(prepared) == {"train": 850, "validation": 100, "calibration": 50, "test": 3_534}
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    drawn = datasets.Dataset.from_list(list(map(json.loads, lines))).shuffle(seed=42).select(range(1_000))
    assert sorted(prepared.pairs("train", "validation", "calibration")) == sorted(
        zip(drawn["text"], drawn["label_text"], strict=True)
    )
