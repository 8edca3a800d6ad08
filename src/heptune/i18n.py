"""Sentences that users see, in their language.

The English sentence is the key: `_("{count} rows have no text", count=3)`. Other languages live in
`resources/locales/<language>.json`, an object from English sentence to translated sentence with the same placeholders.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources

LANGUAGES = ("en", "zh")


_CHOSEN: ContextVar[str | None] = ContextVar("language", default=None)


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Speak this language inside the block; None leaves it as it is."""
    token = _CHOSEN.set(code or _CHOSEN.get())
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def language() -> str:
    """Return the language users are spoken to in: `HEPTUNE_LANG`, else the POSIX locale variables, else English.

    Inside `in_language` it is that one.
    """
    if chosen := _CHOSEN.get():
        return chosen
    for variable in ("HEPTUNE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return next((code for code in LANGUAGES if value.lower().startswith(code)), "en")
    return "en"


class Sentence(str):
    """What `_` said, in the language of the moment; it knows what it was made of, and so can be said again in another.

    Attributes:
        english: The English sentence with its placeholders, the key of the catalogues.
        values: What fills them; a value may be a sentence itself.
    """

    english: str
    values: Mapping[str, object]


def _(english: str, /, **values: object) -> Sentence:
    """Translate a sentence into the current language, then fill its `{placeholders}` with `values`.

    Raises:
        KeyError: a placeholder of the sentence has no value.
    """
    return say(english, values)


def say(english: str, values: Mapping[str, object]) -> Sentence:
    """Do what `_` does, for a sentence that was stored and is no literal any more."""
    # A sentence inside may have been said in another language.
    said = {name: say(one.english, one.values) if isinstance(one, Sentence) else one for name, one in values.items()}
    sentence = Sentence(_catalogue(language()).get(english, english).format(**said))
    sentence.english, sentence.values = english, values
    return sentence


@cache
def _catalogue(code: str) -> dict[str, str]:
    file = resources.files("heptune").joinpath("resources", "locales", f"{code}.json")
    if not file.is_file():  # English, and any language that is not translated yet
        return {}
    catalogue: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return catalogue
