"""A model's config is data: nothing in it can make a library run or fetch code."""

import json

import pytest

from heptune.errors import InvalidInputError
from heptune.modeling.config_safety import FORBIDDEN_KEYS, LARGEST_CONFIG_BYTES, longest_input, read_config


def write(folder, config):
    content = config if isinstance(config, bytes) else json.dumps(config).encode()
    (folder / "config.json").write_bytes(content)
    return folder


@pytest.mark.parametrize("key", FORBIDDEN_KEYS)
@pytest.mark.parametrize("inside", [(), ("text_config",), ("encoder", "sub_configs")])
def test_keys_that_load_code_are_refused_at_any_depth(tmp_path, key, inside):
    config = {key: "someone/kernel" + "x" * 1000}
    for name in reversed(inside):
        config = {name: [config]}
    with pytest.raises(InvalidInputError) as caught:
        read_config(write(tmp_path, {"model_type": "gpt2"} | config))
    error = caught.value
    assert (error.exit_code, error.code) == (3, "forbidden_config_key")
    assert error.where == str(tmp_path / "config.json")
    assert key in error.message
    assert len(error.found) <= 200
    assert error.remedy


@pytest.mark.parametrize(
    "unsafe",
    [
        {"_name_or_path": "gpt2"},
        {"_commit_hash": "abc"},
        {"auto_map": {"AutoModel": "modeling_evil.Evil"}},
        {"custom_pipelines": {"text-classification": {"impl": "evil.Evil"}}},
        {"attn_implementation": "someone/kernel"},
        {"experts_implementation": "someone/kernel"},
        {"transformers_weights": "adapter_model.bin"},
    ],
)
def test_keys_that_are_not_honoured_are_dropped_at_any_depth(tmp_path, unsafe):
    kept = {"model_type": "gpt2", "n_positions": 8, "text_config": {"n_layer": 2}}
    nested = kept | unsafe | {"text_config": kept["text_config"] | unsafe}
    assert read_config(write(tmp_path, nested)) == kept


def test_labels_may_be_called_like_anything(tmp_path):
    config = {"model_type": "gpt2", "label2id": {"_private": 0, "auto_map": 1}, "id2label": {"0": "_private"}}
    assert read_config(write(tmp_path, config)) == config


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"gpt2"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b'{"model_type": "gpt2"}' + b" " * LARGEST_CONFIG_BYTES,
    ],
)
def test_what_is_no_object_is_refused(tmp_path, content):
    with pytest.raises(InvalidInputError) as caught:
        read_config(write(tmp_path, content))
    assert caught.value.code == "bad_config"
    assert caught.value.where == str(tmp_path / "config.json")


@pytest.mark.parametrize("config", [{}, {"model_type": None}, {"model_type": ["gpt2"]}, {"architectures": ["X"]}])
def test_a_config_without_an_architecture_is_refused(tmp_path, config):
    with pytest.raises(InvalidInputError) as caught:
        read_config(write(tmp_path, config))
    assert caught.value.code == "unknown_architecture"


@pytest.mark.parametrize("name", ["empty", "file", "absent"])
def test_a_folder_without_config_is_no_model_folder(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("{}")
    with pytest.raises(InvalidInputError) as caught:
        read_config(tmp_path / name)
    assert (caught.value.code, caught.value.expected) == ("missing_file", "config.json")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"model_type": "gpt2", "n_positions": 1024}, 1024),
        ({"model_type": "bert", "max_position_embeddings": 512}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514}, 512),
        ({"model_type": "mpnet", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "longformer", "max_position_embeddings": 4098, "pad_token_id": 1}, 4096),
        ({"model_type": "data2vec-text", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "xmod", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "t5"}, None),
        ({"model_type": "bert", "max_position_embeddings": -1}, None),
        ({"model_type": "bert", "max_position_embeddings": "512"}, None),
    ],
)
def test_the_longest_input_is_what_the_positions_allow(config, expected):
    assert longest_input(config) == expected


@pytest.mark.parametrize("name", ["RobertaConfig", "MPNetConfig", "XmodConfig", "Data2VecTextConfig", "IBertConfig"])
def test_a_network_with_offset_positions_takes_its_longest_input_and_no_more(name):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    sizes = {"vocab_size": 9, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    sizes |= {"intermediate_size": 8, "max_position_embeddings": 14, "pad_token_id": 1}
    if name == "XmodConfig":
        sizes |= {"languages": ["en_XX"], "default_language": "en_XX"}
    config = getattr(transformers, name)(**sizes)
    network = transformers.AutoModel.from_config(config).eval()
    longest = longest_input(config.to_dict())
    with torch.no_grad():
        network(torch.full((1, longest), 5))
        with pytest.raises((IndexError, RuntimeError)):
            network(torch.full((1, longest + 1), 5))
