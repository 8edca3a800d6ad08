"""Texts to tokens with a saved tokenizer; only the library `tokenizers` is needed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heptune.errors import InvalidInputError
from heptune.i18n import _

TOKENIZER = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"


@dataclass(frozen=True, slots=True)
class TokenizedTexts:
    """Token ids of some texts, cut at the limit.

    Attributes:
        ids: One int32 array per text, special tokens included.
        lengths: Tokens of each text before it was cut, int32 `[n]`.
        content_lengths: The same without special tokens; 0 where a text yields no token.
    """

    ids: list[npt.NDArray[np.int32]]
    lengths: npt.NDArray[np.int32]
    content_lengths: npt.NDArray[np.int32]


class TextTokenizer:
    """A tokenizer as a bundle holds it.

    Special tokens that stand in a text are read as ordinary characters: no text can end, or fill up, a sequence.

    Args:
        tokenizer: From the library.
        max_length: Longest sequence in tokens, special ones included.
        pad_id: Id of the token that fills up.
    """

    def __init__(self, tokenizer: Any, *, max_length: int, pad_id: int) -> None:  # noqa: ANN401 - untyped library
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length)
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self._special = tokenizer.num_special_tokens_to_add(False)
        self.max_length = max_length
        self.pad_id = pad_id

    @property
    def vocabulary_size(self) -> int:
        """How many tokens texts can be cut into; tokens that were added to the vocabulary do not count."""
        return int(self._tokenizer.get_vocab_size(with_added_tokens=False))

    @classmethod
    def open(cls, folder: Path) -> "TextTokenizer":
        """Open the tokenizer of a bundle or of a run's tokens.

        Raises:
            InvalidInputError: its files cannot be read.
        """
        from tokenizers import Tokenizer

        try:
            config = json.loads((folder / TOKENIZER_CONFIG).read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))
            pad_id = tokenizer.get_vocab()[config["pad_token"]]
            return cls(tokenizer, max_length=int(config["model_max_length"]), pad_id=pad_id)
        except Exception as error:  # the library raises plain Exception on a bad file
            raise InvalidInputError(
                _("The tokenizer cannot be read."),
                code="bad_tokenizer",
                where=str(folder),
                found=str(error),
                remedy=_("Copy the folder again as a whole, or make it again."),
            ) from error

    def encode(self, texts: Sequence[str]) -> TokenizedTexts:
        """Cut texts into tokens."""
        encodings = self._tokenizer.encode_batch(list(texts))
        content = np.array([_content_length(encoding, self._special) for encoding in encodings], dtype=np.int32)
        return TokenizedTexts(
            ids=[np.array(encoding.ids, dtype=np.int32) for encoding in encodings],
            lengths=content + np.int32(self._special),
            content_lengths=content,
        )

    def pieces(self, text: str) -> tuple[str, ...]:
        """Return how one text is cut, as the tokenizer writes its tokens."""
        return tuple(self._tokenizer.encode(text).tokens)


def count_tokens(folder: Path, texts: Sequence[str]) -> npt.NDArray[np.int32] | None:
    """Return how many tokens texts `[n]` are to the tokenizer of a pretrained model, special ones included.

    None where the library is not installed, or the folder's tokenizer cannot be opened as it stands: what a model
    needs besides, whoever trains it finds out.
    """
    try:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))
    except Exception:  # noqa: BLE001 - the library raises plain Exception on a bad file
        return None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return np.array([len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))], dtype=np.int32)


def _content_length(encoding: Any, special: int) -> int:  # noqa: ANN401 - untyped library
    """Tokens of the text itself: what is cut off lies in the overflowing parts, each with its own special tokens."""
    return sum(len(part.ids) - special for part in (encoding, *encoding.overflowing))
