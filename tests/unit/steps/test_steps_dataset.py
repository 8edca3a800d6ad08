"""Step 3: what is drawn and split, what is said about it, and what is done again."""

import json

import numpy as np
import pytest
from three_steps import prepare

from heptune.data.sampling import sample_rows
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.steps.step3_dataset.splitting import draw_rows, split_rows


@pytest.fixture
def data(tmp_path):
    """100 rows in one file: 60 a, 30 b, 10 c."""
    rows = [{"text": f"text number {n}", "label": "aaaaaabbbc"[n % 10]} for n in range(100)]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "all.jsonl"


def split(classes, **settings):
    ids = {part: np.array(values, dtype=np.int32) for part, values in classes.items()}
    config = DatasetConfig.model_validate(settings)
    return split_rows(config, draw_rows(config, ids), ids, {part: np.arange(len(rows)) for part, rows in ids.items()})


def left_out(classes, **settings):
    ids = {part: np.array(values, dtype=np.int32) for part, values in classes.items()}
    return draw_rows(DatasetConfig.model_validate(settings), ids).empty


def sizes(splits):
    return {name: len(rows) for name, (_part, rows) in splits.rows.items()}


def test_without_test_rows_a_stratified_fifth_is_set_aside_first(tmp_path, data):
    dataset = prepare(tmp_path / "run", data).dataset
    assert {name: info.by_label for name, info in dataset.splits.items()} == {
        "train": (40, 21, 7),
        "validation": (5, 2, 1),
        "calibration": (3, 1, 0),
        "test": (12, 6, 2),
    }
    assert "; ".join(dataset.split_rules) == (
        "test 20% of the rows, stratified; validation 8 of the training rows, stratified; "
        "calibration 4 of the training rows, stratified"
    )
    assert dataset.rows_read == 100


def test_no_row_is_lost_or_doubled(tmp_path, data):
    texts = [text for text, _label in prepare(tmp_path / "run", data).pairs()]
    assert sorted(texts) == sorted(f"text number {n}" for n in range(100))


def test_given_parts_are_kept_as_they_are():
    splits = split({"train": [0, 1] * 20, "validation": [0, 1], "test": [1, 0, 1]})
    assert sizes(splits) == {"test": 3, "train": 38, "validation": 2, "calibration": 2}
    assert splits.rows["validation"][1].tolist() == [0, 1]
    assert splits.rows["test"][1].tolist() == [0, 1, 2]


def test_a_sample_counts_training_validation_and_calibration_together():
    splits = split({"train": [0, 1] * 500, "test": [0, 1] * 50}, sample=200, test_sample=40)
    assert sizes(splits) == {"test": 40, "train": 170, "validation": 20, "calibration": 10}
    drawn = [splits.rows[name][1] for name in ("train", "validation", "calibration")]
    assert sorted(np.concatenate(drawn)) == sorted(sample_rows(1000, 200, 42))
    assert splits.rows["test"][1].tolist() == sample_rows(100, 40, 42).tolist()


@pytest.mark.parametrize("size", [1, 7, 40])
def test_without_further_splits_the_sample_is_in_the_drawn_order(size):
    splits = split({"train": [0, 1] * 20, "test": [0, 1]}, sample=size, validation_share=0, calibration_share=0, seed=7)
    assert sizes(splits) == {"test": 2, "train": size}
    assert splits.rows["train"][1].tolist() == sample_rows(40, size, 7).tolist()
    assert f"{size} of 40 training rows drawn with seed 7" in splits.rules


def test_a_sample_beyond_the_rows_takes_all_and_says_so():
    splits = split({"train": [0, 1] * 20, "test": [0, 1]}, sample=41, test_sample=3)
    assert sum(sizes(splits).values()) == 42
    assert "all 40 training rows (fewer than asked for)" in splits.rules
    assert "all 2 test rows (fewer than asked for)" in splits.rules


def test_empty_rows_count_as_drawn_and_are_left_out():
    rows = {"train": [0, -1, 1, -1] * 10, "test": [0, 1, -1]}
    splits, empty = split(rows, sample=20), left_out(rows, sample=20)
    drawn = sample_rows(40, 20, 42)
    assert sorted(empty["train"]) == sorted(row for row in drawn if row % 2)
    assert empty["test"].tolist() == [2]
    assert sizes(splits)["test"] == 2
    assert sum(sizes(splits).values()) - 2 == 20 - len(empty["train"])


def test_empty_rows_do_not_count_for_the_share_of_test_rows():
    rows = {"whole": [0, 1] * 10 + [-1] * 20}
    assert sizes(split(rows))["test"] == 4
    assert left_out(rows)["whole"].tolist() == list(range(20, 40))


def test_validation_and_calibration_have_an_upper_bound_unless_a_share_is_asked_for():
    rows = {"train": [0, 1] * 30_000, "test": [0]}
    splits = split(rows)
    assert (sizes(splits)["validation"], sizes(splits)["calibration"]) == (1_000, 500)
    splits = split(rows, validation_share=0.1, calibration_share=0.05)
    assert (sizes(splits)["validation"], sizes(splits)["calibration"]) == (6_000, 3_000)


def test_where_nothing_can_be_set_aside_there_is_no_such_split_and_the_rule_does_not_claim_it():
    splits = split({"train": [0, 1, 2, 3], "test": [0]}, validation_share=0.5, calibration_share=0.4)
    assert sizes(splits) == {"test": 1, "train": 4}
    assert splits.rules == ["test as given"]


def test_the_rule_states_the_rows_that_were_set_aside_not_those_asked_for():
    splits = split({"train": [0, 0, 0, 1], "test": [0]}, validation_share=0.9, calibration_share=0)
    assert sizes(splits)["validation"] == 2
    assert "validation 2 of the training rows, stratified" in splits.rules


def test_the_seed_moves_the_splits(tmp_path, data):
    test_sets = {prepare(tmp_path / f"run{seed}", data, seed=seed).dataset.splits["test"].sha256 for seed in (1, 1, 2)}
    assert len(test_sets) == 2


def test_the_preview_shows_the_first_training_rows_with_their_lines(tmp_path, data):
    prepared = prepare(tmp_path / "run", data)
    preview = prepared.dataset.preview
    assert [(row.text, row.label) for row in preview] == prepared.pairs("train")[:10]
    assert all(row.text == f"text number {row.position - 1}" for row in preview)


def test_the_run_folder_holds_the_splits_and_no_raw_rows(tmp_path, data):
    prepared = prepare(tmp_path / "run", data)
    names = sorted(path.name for path in (prepared.folder / "dataset").iterdir())
    assert names == ["MANIFEST.json", "calibration.arrow", "test.arrow", "train.arrow", "validation.arrow"]


def test_the_same_command_again_reuses_all_and_a_changed_file_redoes_what_depends_on_it(tmp_path, data):
    prepare(tmp_path / "run", data)
    assert prepare(tmp_path / "run", data).reused == {"goal": True, "sources": True, "dataset": True}
    assert prepare(tmp_path / "run", data, seed=1).reused == {"goal": True, "sources": True, "dataset": False}
    data.write_text(data.read_text() + '{"text": "one more", "label": "a"}\n')
    assert prepare(tmp_path / "run", data, seed=1).reused == {"goal": True, "sources": False, "dataset": False}


def test_a_changed_row_in_the_run_folder_is_noticed(tmp_path, data):
    prepared = prepare(tmp_path / "run", data)
    path = prepared.folder / "dataset" / "train.arrow"
    path.write_bytes(path.read_bytes().replace(b"text number 1", b"text number 7", 1))
    again = prepare(tmp_path / "run", data)
    assert again.reused == {"goal": True, "sources": True, "dataset": False}
    assert sorted(again.pairs()) == sorted(prepare(tmp_path / "other", data).pairs())
