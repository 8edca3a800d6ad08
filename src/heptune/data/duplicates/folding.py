"""What of a text counts when two are compared."""

import re
import unicodedata
from collections.abc import Callable

_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W\d_])")
_NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
# Where most characters are of these kinds, a character says as much as a syllable.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")

Folding = Callable[[str], str]


def fold(text: str) -> str:
    """Return the text without differences of case and white space."""
    return " ".join(text.casefold().split())


def letters_of(text: str) -> str:
    """Return its letters and digits alone, of one case and width, a blank for all that stood between them.

    A text without any is only folded: two emojis are two texts.
    """
    return _NO_LETTER_OR_DIGIT.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip() or fold(text)


def name_of_label(label: str) -> str:
    """Return a label of one case and width, without blanks, underlines and hyphens between letters.

    Other signs, and all that stand beside digits, belong to the name: -1 is not 1, and C++ is not C.
    """
    return _BETWEEN_LETTERS.sub("", fold(unicodedata.normalize("NFKC", label)))


def is_dense(letters: str) -> bool:
    """Return whether most of the characters are Chinese, Japanese or Korean."""
    return 2 * len(_DENSE.findall(letters)) > len(letters)
