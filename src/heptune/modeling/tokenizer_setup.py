"""From a pretrained model's tokenizer to the one that ships: our limit, our padding, no stored state of others."""

import json
from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.modeling.compat import in_one_line, quiet_transformers
from heptune.modeling.loading import network_config
from heptune.modeling.model_folder import ModelFolder
from heptune.modeling.tokenizing import TOKENIZER_CONFIG
from heptune.storage.hidden_errors import unhidden_system_errors

# Kept in tokenizer_config.json by others; they describe how somebody once called the tokenizer.
_CALL_STATE = (
    "max_length", "stride", "truncation_strategy", "pad_to_multiple_of", "is_local", "local_files_only", "auto_map",
    "name_or_path", "chat_template",
)  # fmt: skip
# A letter of Linear A, which stands in no vocabulary.
UNKNOWN_CHARACTER = "\U00010600"


def save_tokenizer(model: ModelFolder, folder: Path, *, max_length: int) -> str:
    """Write the model's fast tokenizer to `folder`, ready for `TextTokenizer.open` and for transformers.

    Truncation and padding stored inside it are reset, the pad token is set, special tokens in texts are read as text.

    Args:
        model: Where the tokenizer comes from.
        folder: Where to write.
        max_length: Longest sequence in tokens.

    Returns:
        The pad token.

    Raises:
        InvalidInputError: it cannot be opened as a fast tokenizer, or has no fitting token to pad with.
    """
    tokenizer = _open(model)
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    pad_token = _token_to_pad_with(tokenizer, model)
    if pad_token != tokenizer.pad_token:
        tokenizer.pad_token = pad_token
    tokenizer.padding_side = "right"
    tokenizer.truncation_side = "right"
    tokenizer.model_max_length = max_length
    tokenizer.chat_template = None
    with quiet_transformers(), unhidden_system_errors(Exception):  # all that the library tokenizers raises
        tokenizer.save_pretrained(folder)
    _clean_config(folder / TOKENIZER_CONFIG)
    return pad_token


def _open(model: ModelFolder) -> Any:  # noqa: ANN401 - untyped library
    from transformers import AutoTokenizer

    config = network_config(model)
    try:
        with quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(
                model.path, config=config, use_fast=True, trust_remote_code=False, local_files_only=True
            )
    except Exception as error:  # the library tokenizers raises plain Exception on a bad file
        raise _cannot_open(model, in_one_line(error)) from error
    if not tokenizer.is_fast:
        raise _cannot_open(model, type(tokenizer).__name__)
    return tokenizer


def _token_to_pad_with(tokenizer: Any, model: ModelFolder) -> str:  # noqa: ANN401 - untyped library
    """Take the model's own pad token, else end of text, as is the custom for GPT-2; none that can end a sequence.

    Readers that look for the last token that is not padding, as transformers does, would miss the last position.
    """
    for token in (tokenizer.pad_token, tokenizer.eos_token, tokenizer.unk_token, tokenizer.bos_token):
        if token is not None and tokenizer.convert_tokens_to_ids(token) not in _last_ids(tokenizer.backend_tokenizer):
            return str(token)
    raise InvalidInputError(
        _("The model's tokenizer has no token to pad with."),
        code="no_pad_token",
        where=str(model.path),
        expected=_("a pad, end-of-text or unknown token that ends no sequence"),
        remedy=_("Set pad_token in its tokenizer_config.json."),
    )


def _last_ids(backend: Any) -> set[int]:  # noqa: ANN401 - untyped library
    """Return the special tokens that sequences end with, and the unknown one where a text can end with it."""
    return {token for text in ("a", UNKNOWN_CHARACTER) for token in backend.encode(text).ids[-1:]}


def _clean_config(path: Path) -> None:
    config = json.loads(path.read_text(encoding="utf-8"))
    config = {key: value for key, value in config.items() if key not in _CALL_STATE}
    config["split_special_tokens"] = True
    path.write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _cannot_open(model: ModelFolder, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("The model's tokenizer cannot be opened as a fast tokenizer."),
        code="bad_tokenizer",
        where=str(model.path),
        expected="tokenizer.json",
        found=found,
        remedy=_("Choose a model with a tokenizer.json."),
    )
