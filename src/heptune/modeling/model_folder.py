"""A folder with a pretrained model, looked at before any library opens it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.modeling.config_safety import longest_input, read_config
from heptune.schemas.model_files import (
    CONFIG,
    TOKENIZER_FILES,
    WEIGHTS,
    WEIGHTS_INDEX,
    has_vocabulary,
    indexed_shards,
    pickled_weights,
)

ADAPTER = "adapter_config.json"
# Tokenizers without a bound of their own say 10^30 here.
LARGEST_MAX_LENGTH = 10_000_000


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What lies in a model folder.

    Attributes:
        path: The folder.
        config: Its config.json without the keys that are not honoured.
        weights: Names of the safetensors files (and their index).
        tokenizer_files: Names of the tokenizer's files.
        max_tokens: Longest input in tokens, by config and tokenizer; None for no bound.
    """

    path: Path
    config: dict[str, Any]
    weights: tuple[str, ...]
    tokenizer_files: tuple[str, ...]
    max_tokens: int | None

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is read."""
        return (CONFIG, *self.weights, *self.tokenizer_files)

    @property
    def architecture(self) -> str:
        """The config's `model_type`."""
        return str(self.config["model_type"])

    @property
    def weight_bytes(self) -> int:
        """Size of the weights in bytes."""
        return sum((self.path / name).stat().st_size for name in self.weights)


def read_model_folder(path: Path) -> ModelFolder:
    """Look at a model folder.

    Raises:
        InvalidInputError: it lacks a config, weights or a tokenizer, its weights are pickled, its config is not
            acceptable, or it is an adapter.
    """
    if (path / ADAPTER).is_file():
        raise _adapter(path)
    config = read_config(path)
    tokenizer_files = tuple(name for name in TOKENIZER_FILES if (path / name).is_file())
    if not has_vocabulary(tokenizer_files):
        raise _missing(
            path,
            _("This model folder has no tokenizer."),
            "tokenizer.json",
            _("Save it with tokenizer.save_pretrained."),
        )
    bounds = [bound for bound in (longest_input(config), _tokenizer_bound(path)) if bound]
    return ModelFolder(
        path=path,
        config=config,
        weights=_weights(path),
        tokenizer_files=tokenizer_files,
        max_tokens=min(bounds, default=None),
    )


def _weights(path: Path) -> tuple[str, ...]:
    if (path / WEIGHTS).is_file():
        return (WEIGHTS,)
    if (path / WEIGHTS_INDEX).is_file():
        return (WEIGHTS_INDEX, *_indexed_shards(path))
    pickled = pickled_weights([file.name for file in path.iterdir()])
    if pickled:
        raise _only_pickled(path, pickled)
    raise _missing(path, _("This model folder has no weights."), WEIGHTS, _("Save it with model.save_pretrained."))


def _indexed_shards(path: Path) -> Sequence[str]:
    index = path / WEIGHTS_INDEX
    names = indexed_shards(index.read_bytes())
    if names is None:
        raise InvalidInputError(
            _("The list of the model's weight files cannot be read."),
            code="bad_index",
            where=str(index),
            expected=_("a name of a file for each weight"),
            remedy=_("Copy the folder again."),
        )
    pickled = [name for name in names if not name.endswith(".safetensors")]
    if pickled:  # transformers would unpickle them, whatever the index is called
        raise _only_pickled(path, pickled)
    for name in names:
        if Path(name).name != name or not (path / name).is_file():
            raise _missing(path, _("A file of the model's weights is missing."), name, _("Copy the folder again."))
    return names


def _tokenizer_bound(path: Path) -> int | None:
    try:
        bound = json.loads((path / "tokenizer_config.json").read_bytes()).get("model_max_length")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return int(bound) if isinstance(bound, int | float) and 0 < bound < LARGEST_MAX_LENGTH else None


def _missing(path: Path, message: str, name: str, remedy: str) -> InvalidInputError:
    found = ", ".join(sorted(file.name for file in path.iterdir())[:10])
    return InvalidInputError(message, code="missing_file", where=str(path), expected=name, found=found, remedy=remedy)


def _adapter(path: Path) -> InvalidInputError:
    return InvalidInputError(
        _("This folder holds an adapter to another model; that one would be loaded in its place."),
        code="adapter_model",
        where=str(path),
        expected=_("a whole model"),
        found=ADAPTER,
        remedy=_("Merge the adapter into its base model (merge_and_unload in peft) and save the result."),
    )


def _only_pickled(path: Path, pickled: Sequence[str]) -> InvalidInputError:
    return InvalidInputError(
        _("This model's weights are pickled; opening a pickle can run any code in it."),
        code="pickled_weights",
        where=str(path),
        expected=WEIGHTS,
        found=", ".join(pickled),
        remedy=_(
            "If you trust it, convert it once in a throwaway environment: "
            'python -c "from transformers import AutoModel; '
            "AutoModel.from_pretrained('{path}').save_pretrained('{path}-safetensors')\", "
            "and copy the tokenizer's files beside it.",
            path=path,
        ),
    )
