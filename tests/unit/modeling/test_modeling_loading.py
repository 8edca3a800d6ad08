"""From a model folder to a network: fp32, a new head, no foreign code, whole weights."""

import shutil
import sys

import pytest
import torch
from methods_at_work import LABELS
from safetensors.torch import load_file, save_file
from tiny_models import ARCHITECTURES, edit_json, make_tiny_model

from heptune.errors import InvalidInputError, ResourceError
from heptune.modeling.loading import load_network, open_saved_network
from heptune.modeling.model_folder import read_model_folder

MALICE = "import pathlib\npathlib.Path(__file__).with_name('imported').write_text('yes')\nraise SystemExit(1)\n"


@pytest.fixture
def folder(tiny_model, tmp_path):
    return shutil.copytree(tiny_model("bert"), tmp_path / "model")


def load(folder, labels=LABELS, *, seed=1, pad_id=0):
    return load_network(read_model_folder(folder), labels, pad_id=pad_id, seed=seed)


def refused(folder, **changes):
    edit_json(folder / "config.json", **changes)
    with pytest.raises(InvalidInputError) as caught:
        load(folder)
    return caught.value


def change_weights(folder, change):
    path = folder / "model.safetensors"
    save_file({name: change(weight) for name, weight in load_file(path).items()}, path, metadata={"format": "pt"})


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_body_is_the_checkpoints_and_the_head_is_new(tiny_model, architecture):
    loaded = load(tiny_model(architecture))
    prefix = f"{loaded.network.base_model_prefix}."
    stored = load_file(tiny_model(architecture) / "model.safetensors")
    stored = {name.removeprefix(prefix): weight for name, weight in stored.items()}
    body = {name: weight for name, weight in loaded.network.base_model.state_dict().items() if "pooler" not in name}
    assert all(torch.equal(weight, stored[name]) for name, weight in body.items())
    assert loaded.new_weights
    assert all("pooler" in name or not name.startswith(loaded.network.base_model_prefix) for name in loaded.new_weights)
    assert not loaded.network.training


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "qwen3"])
def test_the_config_knows_labels_and_pad_token(tiny_model, architecture):
    config = load(tiny_model(architecture), ("b", "a", "c", "d"), pad_id=1).network.config
    assert config.id2label == {0: "b", 1: "a", 2: "c", 3: "d"}
    assert config.label2id == {"b": 0, "a": 1, "c": 2, "d": 3}
    assert config.num_labels == 4
    assert config.pad_token_id == 1
    assert config.problem_type == "single_label_classification"


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
def test_the_seed_decides_the_head_and_nothing_else(tiny_model, architecture):
    first, same, other = (load(tiny_model(architecture), seed=seed).network.state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], same[name]) for name in first)
    differing = {name for name in first if not torch.equal(first[name], other[name])}
    new = load(tiny_model(architecture)).new_weights
    assert differing == {name for name in new if not name.endswith("bias")}


def test_the_head_does_not_depend_on_what_was_drawn_before(tiny_model):
    first = load(tiny_model("gpt2")).network.score.weight
    torch.rand(5)
    assert torch.equal(load(tiny_model("gpt2")).network.score.weight, first)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
def test_a_checkpoint_of_half_precision_is_loaded_as_fp32(tiny_model, tmp_path, architecture, dtype):
    folder = shutil.copytree(tiny_model(architecture), tmp_path / "half")
    change_weights(folder, lambda weight: weight.to(dtype))
    edit_json(folder / "config.json", dtype=str(dtype).removeprefix("torch."))
    network = load(folder).network
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert network.config.dtype in (torch.float32, "float32")


def test_gpt2_as_on_the_hub_loads_without_a_weight_too_few(tiny_model):
    """Its weights have no prefix, and the causal masks are among them."""
    names = load_file(tiny_model("gpt2") / "model.safetensors")
    assert "wte.weight" in names
    assert "h.0.attn.bias" in names
    assert load(tiny_model("gpt2")).new_weights == ("score.weight",)


@pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta", "gpt2", "llama", "modernbert"])
def test_a_head_of_another_size_is_replaced(tiny_model, tmp_path, architecture):
    load(tiny_model(architecture), ("x", "y")).network.save_pretrained(tmp_path)
    for path in tiny_model(architecture).glob("tokenizer*"):
        shutil.copy(path, tmp_path)
    loaded = load(tmp_path)
    assert loaded.network.config.num_labels == 3
    assert any("score" in name or "classifier" in name or "out_proj" in name for name in loaded.new_weights)
    assert not any(name.startswith(f"{loaded.network.base_model_prefix}.") for name in loaded.new_weights)


def test_a_head_of_the_same_size_is_kept(tiny_model, tmp_path):
    network = load(tiny_model("distilbert")).network
    network.save_pretrained(tmp_path)
    for path in tiny_model("distilbert").glob("tokenizer*"):
        shutil.copy(path, tmp_path)
    again = load(tmp_path, seed=99)
    assert again.new_weights == ()
    assert torch.equal(again.network.classifier.weight, network.classifier.weight)


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
def test_missing_body_weights_are_an_error(tiny_model, tmp_path, architecture):
    folder = shutil.copytree(tiny_model(architecture), tmp_path / "holey")
    path = folder / "model.safetensors"
    weights = load_file(path)
    lost = next(name for name in sorted(weights) if "ln_1.weight" in name or "norm" in name.lower())
    del weights[lost]
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(InvalidInputError) as caught:
        load(folder)
    assert caught.value.code == "weights_do_not_fit"
    assert caught.value.expected.endswith(lost.split(".", 1)[-1])


@pytest.mark.parametrize("changes", [{"num_hidden_layers": 3}, {"vocab_size": 500}, {"intermediate_size": 8}])
def test_weights_of_another_shape_than_the_config_says_are_an_error(folder, changes):
    assert refused(folder, **changes).code == "weights_do_not_fit"


def test_the_weights_of_another_architecture_are_an_error(tiny_model, folder):
    shutil.copy(tiny_model("gpt2") / "model.safetensors", folder)
    assert refused(folder).code == "weights_do_not_fit"


@pytest.mark.parametrize("content", [b"", b"xx", "half"])
def test_damaged_weights_are_an_error(folder, content):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000] if content == "half" else content)
    assert refused(folder).code == "cannot_load_model"


def test_an_architecture_that_transformers_does_not_know_is_refused(folder):
    error = refused(folder, model_type="my-own-bert")
    assert error.code == "unknown_architecture"
    assert error.found == "my-own-bert"


@pytest.mark.parametrize("model_type", ["clip", "whisper", "vit"])
def test_an_architecture_without_a_text_classifier_is_refused(folder, model_type):
    assert refused(folder, model_type=model_type).code in ("cannot_load_model", "bad_config")


@pytest.mark.parametrize("known", [True, False])
def test_code_beside_the_config_is_never_imported(folder, known):
    (folder / "evil.py").write_text(MALICE)
    classes = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForSequenceClassification"), "evil.Evil")
    edit_json(folder / "config.json", auto_map=classes)
    if known:
        assert type(load(folder).network).__name__ == "BertForSequenceClassification"
    else:
        assert refused(folder, model_type="my-own-bert").code == "unknown_architecture"
    assert not (folder / "imported").exists()
    assert not [name for name in sys.modules if name.endswith("evil")]


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_size": "large"},
        {"hidden_size": 30},
        {"num_attention_heads": 0},
        {"layer_norm_eps": "small"},
        {"hidden_act": "nope"},
        {"hidden_dropout_prob": 2.0},
        {"vocab_size": -1},
        {"id2label": 5},
        {"num_labels": "three"},
        {"dtype": "float99"},
        {"text_config": {"vocab_size": 3}},
        {"quantization_config": {"quant_method": "gptq", "bits": 4}},
    ],
)
def test_a_config_that_cannot_be_is_an_error_in_one_line(folder, changes):
    error = refused(folder, **changes)
    assert error.code in ("bad_config", "cannot_load_model", "weights_do_not_fit", "tokenizer_does_not_fit")
    assert "\n" not in error.found
    assert str(folder) in error.where


def test_a_model_too_large_for_the_memory_is_an_error_of_its_own(folder):
    edit_json(folder / "config.json", vocab_size=10**11)
    with pytest.raises(ResourceError) as caught:
        load(folder)
    assert caught.value.code == "out_of_memory"


def test_a_pad_token_beyond_the_networks_vocabulary_is_an_error(folder):
    with pytest.raises(InvalidInputError) as caught:
        load(folder, pad_id=10_000)
    assert caught.value.code == "tokenizer_does_not_fit"
    assert caught.value.found == "10000"


def saved(network, tiny_model, folder):
    network.save_pretrained(folder)
    for path in tiny_model("bert").glob("tokenizer*"):
        shutil.copy(path, folder)
    return folder


def test_a_saved_network_opens_as_it_was(tiny_model, tmp_path):
    network = load(tiny_model("bert")).network
    opened = open_saved_network(saved(network, tiny_model, tmp_path))
    assert all(torch.equal(weight, opened.state_dict()[name]) for name, weight in network.state_dict().items())
    assert opened.config.id2label == network.config.id2label
    assert not opened.training


def test_a_saved_network_without_its_head_is_refused_instead_of_made_up(tiny_model, tmp_path):
    path = saved(load(tiny_model("bert")).network, tiny_model, tmp_path) / "model.safetensors"
    weights = load_file(path)
    del weights["classifier.weight"]
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(InvalidInputError) as caught:
        open_saved_network(tmp_path)
    assert caught.value.code == "bad_bundle"
    assert "classifier.weight" in caught.value.found


def test_a_saved_network_is_trusted_no_more_than_any_folder(tiny_model, tmp_path):
    saved(load(tiny_model("bert")).network, tiny_model, tmp_path)
    edit_json(tmp_path / "config.json", _attn_implementation_internal="evil/kernel")
    with pytest.raises(InvalidInputError) as caught:
        open_saved_network(tmp_path)
    assert caught.value.code == "forbidden_config_key"


def test_the_folder_is_not_written_to_and_its_name_is_not_kept(folder, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    load(folder).network.save_pretrained(tmp_path / "saved")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert str(tmp_path) not in (tmp_path / "saved" / "config.json").read_text()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_tiny_model_is_a_model_folder(tmp_path, architecture):
    folder = make_tiny_model(tmp_path / "made", architecture)
    assert read_model_folder(folder).max_tokens == 64
