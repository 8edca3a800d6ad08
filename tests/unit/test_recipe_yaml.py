"""YAML whose scalars stay text."""

import pytest

from heptune.errors import UsageError
from heptune.recipe_yaml import parse_yaml


def parse(text, **options):
    return parse_yaml(text, where="recipe.yaml", **options)


def refused(text):
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    "word",
    ["NO", "no", "off", "Yes", "true", "True", "00123", "0x1F", "1_000", "1e-4", "12:30:45", "2024-01-01",
     "NaN", ".inf", "Null", "NULL", "<<", "="],
)  # fmt: skip
def test_every_word_stays_text(word):
    assert parse(f"a: {word}\nb: [{word}]\n{word}: c") == {"a": word, "b": [word], word: "c"}


def test_bare_null_tilde_and_nothing_are_none_and_quoted_ones_are_not():
    assert parse("a: null\nb: ~\nc:\nd: [null, ~]") == {"a": None, "b": None, "c": None, "d": [None, None]}
    assert parse("a: 'null'\nb: \"~\"\nc: ''\nd: |\n  null\n") == {"a": "null", "b": "~", "c": "", "d": "null\n"}


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: {b: 1, c: 2, b: 3}", "- a: 1\n  a: 1", "'a': 1\na: 2"])
def test_a_key_that_stands_twice_is_refused_with_its_line(text):
    error = refused(text)
    assert error.code == "bad_yaml"
    assert "stands twice" in error.found
    assert "line" in error.found
    assert error.where == "recipe.yaml"


def test_the_same_key_in_two_places_is_no_fault():
    assert parse("a: {x: 1}\nb: {x: 2}\nc: [{x: 3}, {x: 4}]")["b"] == {"x": "2"}


@pytest.mark.parametrize(
    "text",
    [
        "a: [1", "a: b: c", "\ta: 1", "a: 'x", "a: *unknown", "a: !!python/object:os.system {}", "a: !mine 5",
        "a: \x00",
        "? [a, b]\n: c", "{[a]: b, [a]: c}", "? {a: b}\n: c", "---\na: 1\n---\nb: 2", "a: @x", "a: " + "[" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_yaml_of_ours_is_an_error_in_one_line(text):
    error = refused(text)
    assert error.code == "bad_yaml"
    assert "\n" not in error.found


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b", "null", "5", "# only a comment"])
def test_a_recipe_has_to_be_sections(text):
    error = refused(text)
    assert error.code == "bad_recipe"
    assert "sources" in error.expected


def test_a_value_alone_may_be_anything():
    assert parse("[a, b]", top_level=False) == ["a", "b"]
    assert parse("", top_level=False) is None
