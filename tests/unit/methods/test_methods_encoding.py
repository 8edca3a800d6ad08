"""All splits as tokens: the limit, what it cuts off, texts without tokens."""

import json

import numpy as np
import pytest
from methods_at_work import LABELS, make_rows
from tiny_models import POSITIONS, edit_json, make_tiny_model

from heptune.errors import InvalidInputError, UsageError
from heptune.methods.pretrained import encoding
from heptune.methods.pretrained.encoding import choose_limit, encode_splits
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.model_folder import read_model_folder


@pytest.fixture
def bert(tiny_model):
    return read_model_folder(tiny_model("bert"))


def encode(model, splits, folder, *, asked=None):
    folder.mkdir(exist_ok=True)
    return encode_splits(model, splits, folder, limit=choose_limit(model, asked), label_names=LABELS)


def test_the_limit_is_what_the_model_takes(bert):
    assert choose_limit(bert, None).tokens == POSITIONS
    assert str(POSITIONS) in choose_limit(bert, None).reason


def test_positions_that_a_model_keeps_for_itself_are_not_counted(tmp_path):
    folder = make_tiny_model(tmp_path, "roberta")
    edit_json(folder / "tokenizer_config.json", model_max_length=None)
    positions = json.loads((folder / "config.json").read_text())["max_position_embeddings"]
    assert choose_limit(read_model_folder(folder), None).tokens == POSITIONS < positions


def test_a_model_without_a_bound_is_held_to_the_customary_limit(tmp_path):
    folder = make_tiny_model(tmp_path, "qwen2")
    edit_json(folder / "config.json", max_position_embeddings=None)
    assert choose_limit(read_model_folder(folder), None).tokens == 512
    edit_json(folder / "config.json", max_position_embeddings=32_768)
    assert choose_limit(read_model_folder(folder), None).tokens == 512
    assert choose_limit(read_model_folder(folder), 2_000).tokens == 2_000


def test_the_limit_as_given_is_kept_within_what_the_model_takes(bert):
    assert choose_limit(bert, 16).tokens == 16
    with pytest.raises(UsageError) as caught:
        choose_limit(bert, POSITIONS + 1)
    assert caught.value.code == "limit_too_long"
    assert str(POSITIONS) in caught.value.expected


def test_lengths_and_what_is_cut_off_are_told_per_label_over_all_splits(bert, tmp_path):
    long, short = "good " * 30, "bad"
    splits = {
        "train": make_rows([long, short, short], [2, 0, 0]),
        "validation": make_rows([short], [1]),
        "test": make_rows([long, long], [2, 1]),
    }
    told = encode(bert, splits, tmp_path, asked=16)
    assert told.length_limit == 16
    assert [(row.label, row.texts, row.truncated) for row in told.truncated_by_label] == [
        ("negative", 2, 0), ("neutral", 2, 1), ("positive", 2, 2),
    ]  # fmt: skip
    assert told.truncated_share == 0.5
    assert told.longest == 32  # before it is cut, with the two special tokens
    assert told.length_histogram == {4: 3, 32: 3}
    assert told.mean_length == pytest.approx((3 * 3 + 3 * 16) / 6, abs=0.01)
    assert TokenRows(tmp_path / "train.arrow").lengths.tolist() == [16, 3, 3]


def test_only_the_splits_that_training_reads_are_written(bert, tmp_path):
    rows = make_rows(["good", "bad"], [2, 0])
    encode(bert, {"train": rows, "validation": rows, "calibration": rows, "test": rows}, tmp_path)
    assert {path.name for path in tmp_path.glob("*.arrow")} == {"train.arrow", "validation.arrow"}


def test_the_first_rows_are_shown_as_tokens(bert, tmp_path):
    told = encode(bert, {"train": make_rows(["Good phone", "x [SEP] y", "c", "d"], [0, 1, 2, 0])}, tmp_path)
    assert [row.text for row in told.preview] == ["Good phone", "x [SEP] y", "c"]
    assert told.preview[0].tokens[0] == "[CLS]"
    assert told.preview[1].tokens.count("[SEP]") == 1


def test_texts_without_tokens_are_left_out_and_counted(bert, tmp_path):
    rows = make_rows(["good", "\x01", "bad", "\u200b"], [2, 0, 0, 1])
    told = encode(bert, {"train": rows, "validation": rows, "test": rows}, tmp_path)
    assert told.without_tokens == {"train": 2, "validation": 2}
    assert [(row.split, row.row) for row in told.without_tokens_examples] == [
        ("train", 1), ("train", 3), ("validation", 1), ("validation", 3),
    ]  # fmt: skip
    train = TokenRows(tmp_path / "train.arrow")
    assert train.classes.tolist() == [2, 0]
    assert np.all(train.lengths > 2)


def test_the_first_twenty_of_many_rows_without_tokens_are_named(bert, tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "CHUNK_ROWS", 7)
    texts = ["good", "\x01"] * 25
    told = encode(bert, {"train": make_rows(texts, [0] * 50)}, tmp_path)
    assert told.without_tokens == {"train": 25}
    assert [row.row for row in told.without_tokens_examples] == list(range(1, 40, 2))


def test_training_texts_that_give_no_token_at_all_are_an_error(bert, tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        encode(bert, {"train": make_rows(["\x01", "\x02"], [0, 1])}, tmp_path)
    assert caught.value.code == "no_tokens"
