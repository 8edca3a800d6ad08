"""The files of a pretrained model by name: the same in a folder and on the Hub."""

import json
from collections.abc import Collection
from fnmatch import fnmatchcase

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
PICKLED_WEIGHTS = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.h5", "*.msgpack")
TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
    "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
)  # fmt: skip
# Any of these groups is a whole vocabulary.
VOCABULARIES = (
    ("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"), ("spiece.model",), ("sentencepiece.bpe.model",),
    ("tokenizer.model",),
)  # fmt: skip


def has_vocabulary(names: Collection[str]) -> bool:
    """Return whether files of these names hold what a tokenizer is made of."""
    return any(set(group) <= set(names) for group in VOCABULARIES)


def pickled_weights(names: Collection[str]) -> list[str]:
    """Return the names of pickled weights in the top folder, sorted."""
    return sorted(
        name for name in names if "/" not in name and any(fnmatchcase(name, kind) for kind in PICKLED_WEIGHTS)
    )


def indexed_shards(index: bytes) -> tuple[str, ...] | None:
    """Return the files that an index of weights names, sorted; None where it is no such index."""
    try:
        names = set(json.loads(index)["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return tuple(sorted(names)) if names and all(isinstance(name, str) for name in names) else None
