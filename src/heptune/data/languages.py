"""In which language a text is written, where it is plain."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# On 3,534 English tweets two were named otherwise at this probability, and none of 11,987 Chinese reviews; two thirds
# and a third of them reach it.
PLAIN = 0.9
# Fewer texts in a plain language say nothing about the others.
FEWEST_PLAIN = 20
LEAST_PLAIN_SHARE = 0.1
_NO_LANGUAGE = "zxx"


def languages_of(texts: Sequence[str]) -> list[str | None]:
    """Return the language of each text by its ISO 639 code; None where it is not plain, as of `ok`."""
    identifier = _identifier()
    named = (identifier.classify(text) for text in texts)
    return [code if probability >= PLAIN and code != _NO_LANGUAGE else None for code, probability in named]


def count_languages(texts: Sequence[str]) -> dict[str, float]:
    """Return the share of the texts by language, of those whose language is plain, largest first; empty for too few."""
    languages = Counter(code for code in languages_of(texts) if code)
    plain = languages.total()
    if plain < max(FEWEST_PLAIN, LEAST_PLAIN_SHARE * len(texts)):
        return {}
    return {code: round(count / plain, 4) for code, count in languages.most_common()}


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
