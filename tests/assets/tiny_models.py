"""Pretrained model folders of a few layers with random weights, and tokenizers for a hundred words.

`make_tiny_model(folder, "gpt2")` writes what a folder of the Hub holds: config.json, model.safetensors, tokenizer.json.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from heptune.modeling.compat import quiet_transformers

SENTENCES = """
the a this that it is was not very really never always my your our i we you they and but or so because when if good
great happy love nice fine best bright kind calm bad awful sad hate broken worst late cold rude slow win prize now call
today refund parcel arrived door phone battery screen food service price money back order ok okay thanks please help
again still only just at on in of for with without from to one two three four five ten
"""
WORDS = SENTENCES.split()
TEXTS = [" ".join(WORDS[start : start + 6]) for start in range(len(WORDS))]
VOCABULARY = 400
POSITIONS = 64
HIDDEN, LAYERS, HEADS = 32, 2, 4

SMALL = {"hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": 64}
DECODER = SMALL | {"num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": POSITIONS}
BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())


def make_tiny_model(folder: Path, architecture: str, *, seed: int = 0) -> Path:
    """Write a tiny pretrained model and return its folder.

    Args:
        folder: Where to; made where it is not there.
        architecture: One of `ARCHITECTURES`.
        seed: Of the weights.
    """
    import torch

    # A second thread gains nothing here, and on a busy machine the two wait for each other many times as long.
    torch.set_num_threads(1)
    make_tokenizer, tokenizer_class, make_network = _BUILDERS[architecture]
    tokenizer = make_tokenizer()
    with quiet_transformers():
        tokenizer.save_pretrained(folder)
        torch.manual_seed(seed)
        make_network(len(tokenizer)).save_pretrained(folder)
    edit_json(folder / "tokenizer_config.json", tokenizer_class=tokenizer_class)
    if architecture == "gpt2":
        _as_on_the_hub(folder)
    return folder


def strong_copy(model: Path, folder: Path) -> Path:
    """Copy a tiny model with larger weights, so that its features differ from text to text by more than rounding."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(model, folder)
    weights = load_file(folder / "model.safetensors")
    strong = {name: weight * 4 if weight.ndim == 2 else weight for name, weight in weights.items()}
    save_file(strong, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def edit_json(path: Path, **changes: Any) -> None:
    """Set keys of a JSON file; None takes a key away."""
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    content = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the folder of a tiny model by architecture; each is made once and must not be changed."""
    made: dict[str, Path] = {}

    def give(architecture: str) -> Path:
        if architecture not in made:
            made[architecture] = make_tiny_model(tmp_path_factory.mktemp("models") / architecture, architecture)
        return made[architecture]

    return give


def word_piece(**options: Any) -> Any:
    """A BERT tokenizer; `options` go to transformers' tokenizer."""
    from transformers import PreTrainedTokenizerFast

    # Put together by hand, for the library's trainer gives another vocabulary each time.
    characters = sorted(set("".join(WORDS)))
    pieces = [*characters, *(f"##{character}" for character in characters), *"!?.,:;'()0123456789", *WORDS]
    vocabulary = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces])
    vocabulary = {piece: number for number, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = _template(tokenizer, "[CLS]", "[SEP]")
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, mask_token="[MASK]", model_max_length=POSITIONS, **(names | options)
    )


def byte_pairs(special: Iterable[str], *, first: str | None = None, last: str | None = None, **options: Any) -> Any:
    """A byte-level tokenizer as of GPT-2; `first` and `last` stand around each text."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=list(special), initial_alphabet=BYTES, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    if first or last:
        tokenizer.post_processor = _template(tokenizer, first, last)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **options)


def _template(tokenizer: Tokenizer, first: str | None, last: str | None) -> processors.TemplateProcessing:
    around = [token for token in (first, last) if token]
    single = " ".join(part for part in (first, "$A", last) if part)
    return processors.TemplateProcessing(
        single=single, special_tokens=[(token, tokenizer.token_to_id(token)) for token in around]
    )


def _roberta_tokenizer() -> Any:
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    # As RoBERTa numbers them; positions begin after the pad token's id.
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    return byte_pairs(special, first="<s>", last="</s>", model_max_length=POSITIONS, **names)


def _gpt2_tokenizer() -> Any:
    end = "<|endoftext|>"
    return byte_pairs([end], bos_token=end, eos_token=end, unk_token=end, model_max_length=POSITIONS)


def _llama_tokenizer() -> Any:
    return byte_pairs(["<s>", "</s>"], first="<s>", bos_token="<s>", eos_token="</s>")


def _qwen_tokenizer() -> Any:
    return byte_pairs(["<|endoftext|>", "<|im_end|>"], eos_token="<|im_end|>", pad_token="<|endoftext|>")


def _qwen_embedding_tokenizer() -> Any:
    """As of Qwen3-Embedding: the token that pads ends every sequence too."""
    names = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    return byte_pairs(["<|endoftext|>", "<|im_end|>"], last="<|endoftext|>", **names)


def _network(model_class: str, config_class: str, settings: dict[str, Any], vocabulary: int) -> Any:
    import transformers

    config = getattr(transformers, config_class)(vocab_size=vocabulary, **settings)
    return getattr(transformers, model_class)(config)


def _as_on_the_hub(folder: Path) -> None:
    """GPT-2's checkpoint on the Hub has an older form: names without the prefix, and masks stored as weights."""
    import torch
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    weights = {name.removeprefix("transformer."): weight for name, weight in load_file(path).items()}
    causal = torch.ones(POSITIONS, POSITIONS).tril().reshape(1, 1, POSITIONS, POSITIONS)
    weights |= {f"h.{layer}.attn.bias": causal.clone() for layer in range(LAYERS)}
    save_file(weights, path, metadata={"format": "pt"})


_BERT = SMALL | {"max_position_embeddings": POSITIONS}
_DISTIL = {"dim": HIDDEN, "n_layers": LAYERS, "n_heads": HEADS, "hidden_dim": 64, "max_position_embeddings": POSITIONS}
_ROBERTA = SMALL | {"max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "pad_token_id": 1}
_GPT2 = {"n_embd": HIDDEN, "n_layer": LAYERS, "n_head": HEADS, "n_positions": POSITIONS}
_GPT2 |= {"bos_token_id": 0, "eos_token_id": 0}
_MODERN = _BERT | {"global_attn_every_n_layers": 2, "local_attention": 16, "reference_compile": False}
_MODERN |= {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3}

# How the tokenizer is made, as which class the Hub's folders name it, how the network is made.
_BUILDERS: dict[str, tuple[Callable[[], Any], str, Callable[[int], Any]]] = {
    "bert": (word_piece, "BertTokenizer", partial(_network, "BertForMaskedLM", "BertConfig", _BERT)),
    "distilbert": (
        word_piece,
        "DistilBertTokenizer",
        partial(_network, "DistilBertForMaskedLM", "DistilBertConfig", _DISTIL),
    ),
    "roberta": (
        _roberta_tokenizer,
        "RobertaTokenizer",
        partial(_network, "RobertaForMaskedLM", "RobertaConfig", _ROBERTA),
    ),
    "gpt2": (_gpt2_tokenizer, "GPT2Tokenizer", partial(_network, "GPT2LMHeadModel", "GPT2Config", _GPT2)),
    "llama": (
        _llama_tokenizer,
        "PreTrainedTokenizerFast",
        partial(_network, "LlamaForCausalLM", "LlamaConfig", DECODER),
    ),
    "qwen2": (_qwen_tokenizer, "Qwen2Tokenizer", partial(_network, "Qwen2ForCausalLM", "Qwen2Config", DECODER)),
    "qwen3": (_qwen_tokenizer, "Qwen2Tokenizer", partial(_network, "Qwen3ForCausalLM", "Qwen3Config", DECODER)),
    "qwen3-embedding": (
        _qwen_embedding_tokenizer,
        "Qwen2Tokenizer",
        partial(_network, "Qwen3ForCausalLM", "Qwen3Config", DECODER),
    ),
    "modernbert": (
        word_piece,
        "PreTrainedTokenizerFast",
        partial(_network, "ModernBertForMaskedLM", "ModernBertConfig", _MODERN),
    ),
}
ARCHITECTURES = tuple(_BUILDERS)
