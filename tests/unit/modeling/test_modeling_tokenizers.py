"""From a pretrained model's tokenizer to the one that ships, and how it cuts texts."""

import json
import shutil

import numpy as np
import pytest
from tiny_models import ARCHITECTURES, POSITIONS, byte_pairs, edit_json, word_piece
from tokenizers import processors

from heptune.errors import InvalidInputError
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.tokenizer_setup import save_tokenizer
from heptune.modeling.tokenizing import TextTokenizer

MALICE = "import pathlib\npathlib.Path(__file__).with_name('imported').write_text('yes')\nraise SystemExit(1)\n"
SPECIAL = ["[CLS]", "[SEP]", "[PAD]", "[MASK]", "<s>", "</s>", "<pad>", "<|endoftext|>", "<|im_end|>"]


@pytest.fixture
def folder(tiny_model, tmp_path):
    return shutil.copytree(tiny_model("bert"), tmp_path / "model")


def ship(folder, out, *, max_length=POSITIONS):
    pad = save_tokenizer(read_model_folder(folder), out, max_length=max_length)
    return pad, TextTokenizer.open(out)


def with_tokenizer(tiny_model, tokenizer, folder, architecture="gpt2"):
    shutil.copytree(tiny_model(architecture), folder)
    tokenizer.save_pretrained(folder)
    return folder


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_ships_cuts_texts_as_the_model_does(tiny_model, tmp_path, architecture):
    from transformers import AutoTokenizer

    _pad, tokenizer = ship(tiny_model(architecture), tmp_path)
    texts = ["good parcel", "好的 😀!", "a b " * 100, "Ünïcode\tand\nlines", "x"]
    original = AutoTokenizer.from_pretrained(tiny_model(architecture))
    wanted = original(texts, truncation=True, max_length=POSITIONS)["input_ids"]
    assert [ids.tolist() for ids in tokenizer.encode(texts).ids] == wanted


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_transformers_opens_what_ships_and_cuts_alike(tiny_model, tmp_path, architecture):
    """Special tokens that stand in a text are text to both."""
    from transformers import AutoTokenizer

    _pad, tokenizer = ship(tiny_model(architecture), tmp_path, max_length=16)
    texts = ["good parcel", "a b " * 100, "😀", *SPECIAL, f"good {' '.join(SPECIAL)} bad", "<s>[SEP]<|endoftext|>"]
    opened = AutoTokenizer.from_pretrained(tmp_path)
    assert opened(texts, truncation=True)["input_ids"] == [ids.tolist() for ids in tokenizer.encode(texts).ids]
    assert opened.padding_side == "right"
    assert opened.model_max_length == 16


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_no_text_can_smuggle_in_a_special_token(tiny_model, tmp_path, architecture):
    _pad, tokenizer = ship(tiny_model(architecture), tmp_path)
    plain = tokenizer.encode(["good"]).ids[0]
    special = {tokenizer.pad_id} | ({plain[0], plain[-1]} - set(tokenizer.encode(["a good b"]).ids[0][1:-1].tolist()))
    for text in SPECIAL:
        content = tokenizer.encode([f"good {text} good"]).ids[0]
        inner = content[1:-1] if plain[0] in special else content
        assert tokenizer.pad_id not in inner, text


@pytest.mark.parametrize(
    ("architecture", "pad"),
    [
        ("bert", "[PAD]"), ("roberta", "<pad>"), ("gpt2", "<|endoftext|>"), ("llama", "</s>"),
        ("qwen3", "<|endoftext|>"), ("qwen3-embedding", "<|im_end|>"), ("modernbert", "[PAD]"),
    ],
)  # fmt: skip
def test_the_pad_token_is_the_models_or_the_end_of_text_but_ends_no_sequence(tiny_model, tmp_path, architecture, pad):
    token, tokenizer = ship(tiny_model(architecture), tmp_path)
    assert token == pad == read(tmp_path / "tokenizer_config.json")["pad_token"]
    assert tokenizer.pad_id == read(tmp_path / "tokenizer.json")["model"]["vocab"][pad]


def test_an_end_of_text_token_that_ends_every_sequence_does_not_pad(tiny_model, tmp_path):
    """transformers would take the last real token for padding."""
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    tokenizer = byte_pairs(["<s>", "</s>", "<unk>"], first="<s>", last="</s>", **names)
    folder = with_tokenizer(tiny_model, tokenizer, tmp_path / "model")
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    pad, shipped = ship(folder, tmp_path / "out")
    assert pad == "<unk>"
    assert shipped.pad_id not in shipped.encode(["good"]).ids[0]


def test_an_unknown_token_that_can_end_a_sequence_does_not_pad(tiny_model, tmp_path):
    """Without a token at the end, a text of unknown signs ends with it."""
    names = {"pad_token": "[UNK]", "unk_token": "[UNK]", "eos_token": "[SEP]"}
    tokenizer = word_piece(**names)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(single="$A", special_tokens=[])
    folder = with_tokenizer(tiny_model, tokenizer, tmp_path / "model")
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    pad, shipped = ship(folder, tmp_path / "out")
    assert shipped.pieces("好")[-1] == "[UNK]"
    assert pad == "[SEP]"


@pytest.mark.parametrize("names", [{}, {"pad_token": "</s>", "eos_token": "</s>"}])
def test_a_tokenizer_without_a_token_to_pad_with_is_an_error(tiny_model, tmp_path, names):
    tokenizer = byte_pairs(["<s>", "</s>"], last="</s>", **names)
    folder = with_tokenizer(tiny_model, tokenizer, tmp_path / "model")
    edit_json(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    with pytest.raises(InvalidInputError) as caught:
        ship(folder, tmp_path / "out")
    assert caught.value.code == "no_pad_token"


def test_stored_truncation_and_padding_are_reset(folder, tmp_path):
    """As in the starter's tokenizer.json: truncation at 128 and padding to a fixed 128."""
    truncation = {"direction": "Right", "max_length": 128, "strategy": "LongestFirst", "stride": 0}
    padding = {
        "strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
        "pad_token": "[PAD]",
    }  # fmt: skip
    edit_json(folder / "tokenizer.json", truncation=truncation, padding=padding)
    edit_json(folder / "config.json", max_position_embeddings=512)
    edit_json(folder / "tokenizer_config.json", model_max_length=512, max_length=128, stride=0, padding_side="left")
    _pad, tokenizer = ship(folder, tmp_path / "out", max_length=300)
    assert [len(ids) for ids in tokenizer.encode(["good", "good " * 200, "good " * 900]).ids] == [3, 202, 300]
    stored = read(tmp_path / "out" / "tokenizer.json")
    assert stored["truncation"] is None
    assert stored["padding"] is None
    config = read(tmp_path / "out" / "tokenizer_config.json")
    assert config["model_max_length"] == 300
    assert config.get("padding_side", "right") == "right"
    assert not {"max_length", "stride"} & set(config)


def test_neither_path_nor_chat_template_travels_along(folder, tmp_path):
    edit_json(folder / "tokenizer_config.json", name_or_path="/home/somebody/model", chat_template="{{ messages }}")
    ship(folder, tmp_path / "out")
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"tokenizer.json", "tokenizer_config.json"}
    text = (tmp_path / "out" / "tokenizer_config.json").read_text()
    assert "somebody" not in text
    assert "messages" not in text
    assert str(tmp_path) not in text


def test_code_beside_the_tokenizer_is_never_imported(folder, tmp_path):
    (folder / "evil.py").write_text(MALICE)
    edit_json(folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.E", "evil.E"]}, tokenizer_class="E")
    _pad, tokenizer = ship(folder, tmp_path / "out")
    assert len(tokenizer.encode(["good"]).ids[0]) == 3
    assert not (folder / "imported").exists()
    assert "auto_map" not in read(tmp_path / "out" / "tokenizer_config.json")


def test_a_vocabulary_without_tokenizer_json_is_enough(folder, tmp_path):
    vocabulary = read(folder / "tokenizer.json")["model"]["vocab"]
    (folder / "tokenizer.json").unlink()
    lines = sorted(vocabulary, key=vocabulary.__getitem__)
    (folder / "vocab.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _pad, tokenizer = ship(folder, tmp_path / "out")
    assert tokenizer.pieces("good parcel") == ("[CLS]", "good", "parcel", "[SEP]")


@pytest.mark.parametrize(
    "content", ["{}", "{broken", "[]", '{"version": "9"}', '{"version": "1.0", "model": {"type": "Nope"}}']
)
def test_a_tokenizer_that_cannot_be_read_is_an_error_in_one_line(folder, tmp_path, content):
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(InvalidInputError) as caught:
        ship(folder, tmp_path / "out")
    assert caught.value.code == "bad_tokenizer"
    assert "\n" not in caught.value.found


@pytest.mark.parametrize("content", ["{broken", "[]", '{"pad_token": 5}'])
def test_a_tokenizer_config_that_cannot_be_read_is_an_error(folder, tmp_path, content):
    (folder / "tokenizer_config.json").write_text(content)
    with pytest.raises(InvalidInputError) as caught:
        ship(folder, tmp_path / "out")
    assert caught.value.code == "bad_tokenizer"


@pytest.mark.parametrize("damage", ["no tokenizer", "no config", "no pad token", "unknown pad token", "broken"])
def test_a_shipped_tokenizer_that_is_damaged_is_an_error(folder, tmp_path, damage):
    out = tmp_path / "out"
    ship(folder, out)
    if damage == "no tokenizer":
        (out / "tokenizer.json").unlink()
    elif damage == "no config":
        (out / "tokenizer_config.json").unlink()
    elif damage == "broken":
        (out / "tokenizer.json").write_text("{")
    else:
        edit_json(out / "tokenizer_config.json", pad_token="[NO]" if damage == "unknown pad token" else None)
    with pytest.raises(InvalidInputError) as caught:
        TextTokenizer.open(out)
    assert caught.value.code == "bad_tokenizer"
    assert caught.value.where == str(out)


def test_lengths_are_those_before_the_cut(folder, tmp_path):
    _pad, tokenizer = ship(folder, tmp_path / "out", max_length=8)
    tokens = tokenizer.encode(["good", "good " * 5, "good " * 6, "good " * 7, "good " * 100, "", "\x01"])
    assert [len(ids) for ids in tokens.ids] == [3, 7, 8, 8, 8, 2, 2]
    assert tokens.lengths.tolist() == [3, 7, 8, 9, 102, 2, 2]
    assert tokens.content_lengths.tolist() == [1, 5, 6, 7, 100, 0, 0]
    assert tokens.ids[0].dtype == tokens.lengths.dtype == np.int32


def test_a_tokenizer_without_special_tokens_gives_nothing_for_an_empty_text(tiny_model, tmp_path):
    _pad, tokenizer = ship(tiny_model("gpt2"), tmp_path)
    tokens = tokenizer.encode(["", "ok"])
    assert tokens.content_lengths[0] == tokens.lengths[0] == len(tokens.ids[0]) == 0
    assert tokens.content_lengths[1] > 0


def test_no_text_gives_no_tokens(folder, tmp_path):
    tokens = ship(folder, tmp_path / "out")[1].encode([])
    assert tokens.ids == []
    assert tokens.lengths.shape == tokens.content_lengths.shape == (0,)


def test_segment_ids_are_asked_for_by_nobody(tiny_model, tmp_path):
    """C20: a BERT whose tokenizer gives ids and mask only."""
    folder = with_tokenizer(
        tiny_model, word_piece(model_input_names=["input_ids", "attention_mask"]), tmp_path / "model", "bert"
    )
    _pad, tokenizer = ship(folder, tmp_path / "out")
    assert len(tokenizer.encode(["good"]).ids[0]) == 3
