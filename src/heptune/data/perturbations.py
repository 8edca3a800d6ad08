"""Small changes of a text that leave its meaning to people: what typing, copying and sending do to it."""

import random
import unicodedata
from collections.abc import Callable

# Of the letters; neighbours on a keyboard would be one language's.
TYPO_SHARE = 0.05
# Latin, Greek and Cyrillic end here, and here Latin and Greek.
LAST_SPELLING, LAST_WITH_ACCENTS = "\u0530", "\u0400"
LINK, MENTION = "https://example.com/a1b2", "@someone"

Perturbation = Callable[[str, random.Random], str]


def swap_letters(text: str, chance: random.Random) -> str:
    """Exchange neighbouring letters inside words: one in twenty letters, one at least.

    Letters of Latin, Greek and Cyrillic alone: others are syllables or words, and say something else in another order.
    """
    letters = list(text)
    places = [place for place in range(len(letters) - 1) if all(map(_spells, letters[place : place + 2]))]
    count = max(1, round(TYPO_SHARE * len(places)))
    for place in chance.sample(places, min(count, len(places))):
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)


def change_case(text: str, _chance: random.Random) -> str:
    """Write everything in capitals; what is in capitals already, in small letters."""
    return text.lower() if text.isupper() else text.upper()


def drop_punctuation(text: str, _chance: random.Random) -> str:
    """Leave punctuation out."""
    return "".join(character for character in text if not unicodedata.category(character).startswith("P"))


def change_white_space(text: str, chance: random.Random) -> str:
    """Double some spaces, and put one before and one behind."""
    return f" {''.join(character * (1 + (character == ' ' and chance.random() < 0.5)) for character in text)} "


def drop_accents(text: str, _chance: random.Random) -> str:
    """Leave accents out where people do: é becomes e, and a letter of another alphabet stays what it is."""
    return "".join(_without_accent(letter) for letter in unicodedata.normalize("NFC", text))


def _spells(letter: str) -> bool:
    """Return whether it is a letter of Latin, Greek or Cyrillic."""
    return letter.isalpha() and letter < LAST_SPELLING


def _without_accent(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base < LAST_WITH_ACCENTS else letter


def append_link(text: str, _chance: random.Random) -> str:
    """Put a link behind it."""
    return f"{text} {LINK}"


def append_mention(text: str, _chance: random.Random) -> str:
    """Put a mention behind it."""
    return f"{text} {MENTION}"


PERTURBATIONS: dict[str, Perturbation] = {
    "typos": swap_letters,
    "case": change_case,
    "punctuation": drop_punctuation,
    "white_space": change_white_space,
    "accents": drop_accents,
    "link": append_link,
    "mention": append_mention,
}
