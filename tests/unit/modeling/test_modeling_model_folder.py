"""A model folder is looked at before any library opens it; pickled weights are never taken."""

import json

import pytest

from heptune.errors import InvalidInputError
from heptune.modeling.model_folder import read_model_folder
from heptune.schemas.model_files import TOKENIZER_FILES

CONFIG = json.dumps({"model_type": "gpt2", "n_positions": 1024, "_name_or_path": "gpt2"})
WHOLE = {"config.json": CONFIG, "model.safetensors": "weights", "tokenizer.json": "{}"}
INDEX = "model.safetensors.index.json"


def write(folder, files):
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def without(*names):
    return {name: content for name, content in WHOLE.items() if name not in names}


def index_of(*names):
    return json.dumps({"weight_map": {f"weight {number}": name for number, name in enumerate(names)}})


def refused(folder, files):
    with pytest.raises(InvalidInputError) as caught:
        read_model_folder(write(folder, files))
    return caught.value


def test_a_whole_folder_is_described(tmp_path):
    extra = {"vocab.json": "{}", "tokenizer_config.json": '{"model_max_length": 512}', "README.md": "", "evil.py": ""}
    model = read_model_folder(write(tmp_path, WHOLE | extra))
    assert model.architecture == "gpt2"
    assert model.config == {"model_type": "gpt2", "n_positions": 1024}
    assert model.weights == ("model.safetensors",)
    assert model.weight_bytes == len("weights")
    assert model.max_tokens == 512
    assert model.files == (
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.json",
    )  # fmt: skip


@pytest.mark.parametrize(
    "vocabulary",
    [["tokenizer.json"], ["vocab.txt"], ["vocab.json", "merges.txt"], ["spiece.model"], ["tokenizer.model"]],
)
def test_each_kind_of_vocabulary_is_a_tokenizer(tmp_path, vocabulary):
    model = read_model_folder(write(tmp_path, without("tokenizer.json") | dict.fromkeys(vocabulary, "{}")))
    assert set(model.tokenizer_files) == set(vocabulary)
    assert set(vocabulary) <= set(TOKENIZER_FILES)


@pytest.mark.parametrize("left", [[], ["vocab.json"], ["merges.txt"], ["tokenizer_config.json"]])
def test_without_a_whole_vocabulary_the_tokenizer_is_missing(tmp_path, left):
    error = refused(tmp_path, without("tokenizer.json") | dict.fromkeys(left, "{}"))
    assert (error.exit_code, error.code, error.expected) == (3, "missing_file", "tokenizer.json")
    assert error.where == str(tmp_path)
    assert "model.safetensors" in error.found
    assert "tokenizer" in error.message


def test_without_weights_they_are_missing(tmp_path):
    error = refused(tmp_path, without("model.safetensors"))
    assert (error.exit_code, error.code, error.expected) == (3, "missing_file", "model.safetensors")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "model.ckpt", "tf_model.h5", "flax_model.msgpack"])
def test_pickled_weights_alone_are_refused_with_the_way_to_convert_them(tmp_path, name):
    error = refused(tmp_path, without("model.safetensors") | {name: "pickle"})
    assert (error.exit_code, error.code, error.found) == (3, "pickled_weights", name)
    assert "save_pretrained" in error.remedy
    assert str(tmp_path) in error.remedy


def test_pickled_weights_beside_safe_ones_are_not_read(tmp_path):
    model = read_model_folder(write(tmp_path, WHOLE | {"pytorch_model.bin": "pickle"}))
    assert "pytorch_model.bin" not in model.files


def test_weights_in_several_files_are_all_named(tmp_path):
    shards = {f"model-0000{number}-of-00002.safetensors": "half" for number in (1, 2)}
    files = without("model.safetensors") | shards | {INDEX: index_of(*shards, *shards)}
    model = read_model_folder(write(tmp_path, files))
    assert model.weights == (INDEX, *shards)
    assert model.weight_bytes == len(index_of(*shards, *shards)) + 8


def test_a_missing_shard_is_named(tmp_path):
    error = refused(tmp_path, without("model.safetensors") | {INDEX: index_of("a.safetensors")})
    assert (error.code, error.expected) == ("missing_file", "a.safetensors")


@pytest.mark.parametrize("name", ["../a.safetensors", "/etc/a.safetensors", "sub/a.safetensors"])
def test_a_shard_outside_the_folder_is_not_taken(tmp_path, name):
    (tmp_path / "a.safetensors").write_text("outside")
    (tmp_path / "model" / "sub").mkdir(parents=True)
    (tmp_path / "model" / "sub" / "a.safetensors").write_text("below")
    error = refused(tmp_path / "model", without("model.safetensors") | {INDEX: index_of(name)})
    assert (error.code, error.expected) == ("missing_file", name)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights", "a.safetensors.pt"])
def test_an_index_of_safe_weights_cannot_bring_in_pickled_ones(tmp_path, name):
    files = without("model.safetensors") | {"a.safetensors": "", name: "pickle"}
    error = refused(tmp_path, files | {INDEX: index_of("a.safetensors", name)})
    assert (error.exit_code, error.code, error.found) == (3, "pickled_weights", name)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"weight_map": []}',
        '{"weight_map": {}}',
        '{"weight_map": {"a": 1}}',
        '{"weight_map": {"a": [1]}}',
        '{"weight_map": {"a": "a.safetensors", "b": 1}}',
        "[" * 100_000,
    ],
)
def test_an_index_that_is_none_is_refused(tmp_path, content):
    error = refused(tmp_path, without("model.safetensors") | {INDEX: content})
    assert (error.exit_code, error.code, error.where) == (3, "bad_index", str(tmp_path / INDEX))


def test_an_adapter_is_refused_with_the_way_to_merge_it(tmp_path):
    for files in (WHOLE, {}):
        error = refused(tmp_path, files | {"adapter_config.json": '{"base_model_name_or_path": "someone/else"}'})
        assert (error.exit_code, error.code) == (3, "adapter_model")
        assert "merge" in error.remedy


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('{"model_max_length": 512}', 512),
        ('{"model_max_length": 512.0}', 512),
        ('{"model_max_length": 1000000000000000019884624838656}', 1024),
        ('{"model_max_length": 2048}', 1024),
        ('{"model_max_length": -1}', 1024),
        ('{"model_max_length": NaN}', 1024),
        ('{"model_max_length": "512"}', 1024),
        ("[]", 1024),
        ("{", 1024),
    ],
)
def test_the_shorter_of_the_networks_and_the_tokenizers_limit_holds(tmp_path, settings, expected):
    assert read_model_folder(write(tmp_path, WHOLE | {"tokenizer_config.json": settings})).max_tokens == expected


def test_without_any_limit_there_is_none(tmp_path):
    assert read_model_folder(write(tmp_path, WHOLE | {"config.json": '{"model_type": "t5"}'})).max_tokens is None
