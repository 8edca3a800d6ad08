"""The catalogue of Chinese sentences fits the sentences in the code."""

import ast
import json
import re
import string
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import heptune
from heptune.i18n import _, language

PACKAGE = Path(heptune.__file__).parent
CATALOGUE = PACKAGE / "resources" / "locales" / "zh.json"
LETTER = re.compile(r"[A-Za-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Sentences that are the same in Chinese, such as a command without a word around it.
SAME_IN_CHINESE: frozenset[str] = frozenset()


@cache
def calls_by_place():
    """Return the calls of `_` in the package by their file and line."""
    return {
        f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}:{node.col_offset}": node
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    }


def is_literal(call):
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


@cache
def sentences_of_pages():
    """Return what the templates of pages say."""
    calls = [
        call
        for path in (PACKAGE / "resources" / "page").glob("*.html")
        for call in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
    ]
    return {call.args[0].value for call in calls}


def sentences():
    return {call.args[0].value for call in calls_by_place().values() if is_literal(call)} | sentences_of_pages()


def as_entries(keys):
    """Return lines to paste into the catalogue, or to look for in it."""
    return "\n" + "\n".join(f'  {json.dumps(key, ensure_ascii=False)}: "",' for key in sorted(keys))


@cache
def catalogue():
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


def placeholders(sentence):
    """Return name, format and conversion of each placeholder; word order differs between languages."""
    parsed = string.Formatter().parse(sentence)
    return sorted((name, spec, conversion or "") for _text, name, spec, conversion in parsed if name is not None)


def words(sentence):
    """Return what stands outside the placeholders."""
    return "".join(text for text, _name, _spec, _conversion in string.Formatter().parse(sentence))


def is_said_in_chinese(sentence):
    no_words = not LETTER.search(words(sentence))
    return no_words or sentence in SAME_IN_CHINESE or bool(CHINESE.search(catalogue()[sentence]))


def test_each_sentence_stands_as_a_literal_where_it_is_said():
    computed = [place for place, call in calls_by_place().items() if not is_literal(call)]
    assert not computed, "a sentence that is put together at run time cannot be translated: " + ", ".join(computed)


def test_every_sentence_is_translated():
    missing = sentences() - catalogue().keys()
    assert not missing, f"add to {CATALOGUE.name}, in alphabetical order:" + as_entries(missing)


def test_no_translation_outlives_its_sentence():
    stale = catalogue().keys() - sentences()
    assert not stale, f"take out of {CATALOGUE.name}:" + as_entries(stale)


def test_translations_have_the_placeholders_and_formats_of_their_sentence():
    wrong = [key for key, value in catalogue().items() if placeholders(key) != placeholders(value)]
    assert not wrong, "placeholders or formats differ:" + as_entries(wrong)


def test_translations_are_chinese():
    wrong = [sentence for sentence in catalogue() if not is_said_in_chinese(sentence)]
    assert not wrong, "translate, or allow in SAME_IN_CHINESE:" + as_entries(wrong)


def test_the_catalogue_is_sorted_so_that_two_changes_rarely_meet():
    canonical = json.dumps(catalogue(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert CATALOGUE.read_text(encoding="utf-8") == canonical


@pytest.mark.parametrize(("variable", "value"), [("HEPTUNE_LANG", "zh"), ("LANG", "zh_CN.UTF-8")])
def test_users_with_chinese_surroundings_are_spoken_to_in_chinese(monkeypatch, variable, value):
    for name in ("HEPTUNE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    assert language() == "zh"
    assert _("line {line}", line=3) == "第 3 行"
