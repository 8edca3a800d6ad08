"""What counts as a text, and in which script it is written."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

# White space, control and format characters (zero-width ones among them) leave nothing to read.
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_VISIBLE = r"[^\p{Cc}\p{Cf}\p{Z}]"

# The first word of a character's Unicode name tells its script; these are merged or renamed.
_SCRIPT_NAMES = {
    "CJK": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HALFWIDTH": "kana",
    "FULLWIDTH": "latin",
}


def is_blank(text: str | None) -> bool:
    """Return whether there is nothing to read: no character that is neither white space nor invisible."""
    return not text or all(unicodedata.category(character) in _INVISIBLE_CATEGORIES for character in text)


def blank_mask(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return for each text `[n]` what `is_blank` says of it; null is blank."""
    return pc.fill_null(pc.invert(pc.match_substring_regex(texts, _VISIBLE)), True)


def count_scripts(texts: Iterable[str]) -> dict[str, float]:
    """Return the share of the letters of `texts` by script (`latin`, `han`, `cyrillic`, …), largest first.

    Scripts come from the Unicode character names, so that no table has to be kept.
    """
    letters = Counter(character for text in texts for character in text if character.isalpha())
    scripts: Counter[str] = Counter()
    for character, count in letters.items():
        word = unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
        scripts[_SCRIPT_NAMES.get(word, word.lower())] += count
    total = scripts.total()
    return {script: round(count / total, 4) for script, count in scripts.most_common()}
