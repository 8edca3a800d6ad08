"""Sentences in the user's language."""

import json
import string
from importlib import resources

import pytest

from heptune.i18n import LANGUAGES, _, language

VARIABLES = ("HEPTUNE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def placeholders(sentence):
    return sorted(name for _text, name, _format, _conversion in string.Formatter().parse(sentence) if name)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"HEPTUNE_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({"HEPTUNE_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"HEPTUNE_LANG": "", "LANG": "ZH"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_our_own_variable_counts_first_then_those_of_posix(monkeypatch, settings, expected):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    assert language() == expected


def test_values_fill_the_placeholders_and_are_not_read_as_placeholders_themselves():
    assert _("{name} has {count} rows", name="{odd} {0}", count=3) == "{odd} {0} has 3 rows"


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError, match="count"):
        _("{count} rows")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_that_is_not_translated_is_said_in_english(monkeypatch, code):
    monkeypatch.setenv("HEPTUNE_LANG", code)
    assert _("no such sentence, {count} times", count=2) == "no such sentence, 2 times"


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_translations_have_the_placeholders_of_their_sentence(code):
    file = resources.files("heptune").joinpath("resources", "locales", f"{code}.json")
    if not file.is_file():
        pytest.skip(f"there is no translation into {code} yet")
    catalogue = json.loads(file.read_text(encoding="utf-8"))
    wrong = [key for key, value in catalogue.items() if placeholders(key) != placeholders(value)]
    assert (wrong, bool(catalogue)) == ([], True)
