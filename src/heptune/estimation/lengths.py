"""How many tokens some texts are to a model."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heptune.methods.lengths import CUSTOMARY_LIMIT
from heptune.modeling.tokenizing import count_tokens
from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.model_choice import Fit, TextLengths

# Characters for a token, blanks and marks included; special tokens come on top. Measured with the starter's WordPiece
# (30,522 pieces, lower case) and GPT-2's byte pairs (50,257):
#              banking77   sst2   tweets   waimai_10k
#   WordPiece       4.18   4.74     3.65         1.01
#   byte pairs      4.31   4.74     3.71         0.47
# The first is the mean of the English sets; other alphabets have not been measured. The second: each Chinese character
# is a token to WordPiece, whether it knows it or not. The third: bytes, where the vocabulary was not made for them.
CHARACTERS_OF_LETTERS = 4.2
CHARACTERS_OF_IDEOGRAPHS = 1.0
CHARACTERS_OF_BYTES = 0.47
BYTE_LEVEL = ("gpt2", "roberta", "llama", "qwen2", "qwen3", "modernbert")
SPECIAL_TOKENS = {"encoder": 2, "decoder": 0}
# From this share of its characters on, a text is taken to be written in ideographs, kana or syllables.
WIDE_SHARE = 1 / 3
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def lengths_of(model: CatalogueModel, texts: Sequence[str], fit: Fit, folder: Path | None) -> TextLengths:
    """Return how long texts are to a model, by its own tokenizer where that is at hand.

    Args:
        model: Of the catalogue.
        texts: A sample.
        fit: Whether its vocabulary was made for them.
        folder: Where its files lie; None where they do not.
    """
    counted = count_tokens(folder, texts) if folder else None
    tokens = counted if counted is not None else _by_characters(model, texts, fit)
    limit = min(model.max_tokens, CUSTOMARY_LIMIT)
    cut = np.minimum(tokens, limit)
    return TextLengths(
        mean_tokens=round(float(cut.mean()), 2),
        longest_tokens=int(cut.max()),
        cut_share=round(float((tokens > limit).mean()), 4),
        counted=counted is not None,
    )


def _by_characters(model: CatalogueModel, texts: Sequence[str], fit: Fit) -> npt.NDArray[np.int32]:
    is_foreign = fit == "unfit" and model.architecture in BYTE_LEVEL
    of_wide = CHARACTERS_OF_BYTES if is_foreign else CHARACTERS_OF_IDEOGRAPHS
    ratios = [of_wide if _is_wide(text) else CHARACTERS_OF_LETTERS for text in texts]
    content = [max(1, round(len(text) / ratio)) for text, ratio in zip(texts, ratios, strict=True)]
    return np.array(content, dtype=np.int32) + np.int32(SPECIAL_TOKENS[model.kind])


def _is_wide(text: str) -> bool:
    return len(_WIDE.findall(text)) >= WIDE_SHARE * len(text)
