"""Stored sentences are the same whatever language they were said in, and are said in the reader's."""

import pytest
from pydantic import ValidationError

from heptune.i18n import _
from heptune.schemas.record import Record, fingerprint_of
from heptune.schemas.sentence import StoredSentence


class Told(Record):
    """A record with a sentence."""

    reason: StoredSentence


@pytest.fixture
def speak(monkeypatch):
    return lambda language: monkeypatch.setenv("HEPTUNE_LANG", language)


def nested(line: object = 7) -> Told:
    return Told(reason=_("Cannot write here: {reason}.", reason=_("line {line}", line=line)))


def test_a_stored_sentence_is_said_in_the_language_of_its_reader(speak):
    speak("en")
    stored = nested().model_dump_json()
    assert nested().reason == "Cannot write here: line 7."
    speak("zh")
    assert Told.model_validate_json(stored).reason == nested().reason
    assert "第 7 行" in nested().reason


def test_the_language_of_a_run_changes_no_fingerprint(speak):
    speak("en")
    english = fingerprint_of(nested())
    speak("zh")
    assert fingerprint_of(nested()) == english
    assert fingerprint_of(nested(8)) != english


def test_numbers_stay_numbers_so_that_their_formats_hold():
    said = Told(reason=_("{count:,} texts are cut ({share:.1%})", count=1_234, share=0.5))
    again = Told.model_validate_json(said.model_dump_json())
    assert again == said
    assert again.reason == "1,234 texts are cut (50.0%)"


def test_braces_in_a_value_are_no_placeholders():
    said = nested("{count}")
    assert Told.model_validate(said.model_dump(mode="json")).reason == said.reason


@pytest.mark.parametrize(
    "stored",
    [
        "plain text",
        None,
        {"sentence": "line {line}"},
        {"sentence": "line {line}", "values": {}},
        {"sentence": "line {line", "values": {"line": 1}},
        {"sentence": "line", "values": {}, "more": 1},
        {"sentence": "{line.__class__}", "values": {"line": 1}},
        {"sentence": "{line:99999999}", "values": {"line": 1}},
        {"sentence": "{line:,}", "values": {"line": [1]}},
        {"sentence": "{line:.1f}", "values": {"line": "one"}},
        {"sentence": "{line}", "values": {"line": {"sentence": 3, "values": {}}}},
    ],
)
def test_what_is_no_stored_sentence_is_refused(stored):
    with pytest.raises(ValidationError):
        Told.model_validate({"reason": stored})
