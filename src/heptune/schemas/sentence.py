"""Sentences in stored results: kept as what they say, shown in the language of whoever reads them."""

import re
import string
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator
from pydantic_core import PydanticCustomError

from heptune.i18n import Sentence, say

# A stored file may come from anywhere: its formats must not print a million blanks or reach into objects.
HARMLESS_FORMAT = re.compile(r"[,.\df%]{0,4}")


def store(sentence: Sentence) -> dict[str, Any]:
    """Return `{"sentence": …, "values": {…}}`, the same whatever language it was said in."""
    values = {name: _store_value(value) for name, value in sentence.values.items()}
    return {"sentence": sentence.english, "values": values}


def restore(stored: object) -> Sentence:
    """Say a stored sentence in the current language.

    Raises:
        PydanticCustomError: this is no stored sentence.
    """
    match stored:
        case Sentence():
            return stored
        case {"sentence": str(english), "values": dict(values), **rest} if not rest:
            return _restore(english, values)
        case _:
            raise _no_sentence()


def _restore(english: str, values: Mapping[str, object]) -> Sentence:
    try:
        placeholders = list(string.Formatter().parse(english))
    except ValueError as error:
        raise _no_sentence() from error
    for _text, name, spec, conversion in placeholders:
        if name is not None and (name not in values or conversion or not HARMLESS_FORMAT.fullmatch(spec or "")):
            raise _no_sentence()
    said = {name: restore(value) if isinstance(value, dict) else value for name, value in values.items()}
    try:
        return say(english, said)
    except (TypeError, ValueError) as error:
        raise _no_sentence() from error


def _store_value(value: object) -> object:
    if isinstance(value, Sentence):
        return store(value)
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


def _no_sentence() -> PydanticCustomError:
    return PydanticCustomError("no_sentence", "expected a sentence, and values that fit it")


StoredSentence = Annotated[Sentence, PlainValidator(restore), PlainSerializer(store)]
