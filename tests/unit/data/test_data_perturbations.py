"""Small changes of a text: what they change, and what they leave."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.data.perturbations import PERTURBATIONS


def changed(name, text, seed=0):
    return PERTURBATIONS[name](text, random.Random(seed))


def test_typos_exchange_neighbouring_letters_inside_words():
    text = "the parcel arrived broken and nobody answers the phone any more"
    typo = changed("typos", text)
    assert typo != text
    assert sorted(typo) == sorted(text)
    assert [place for place, letter in enumerate(typo) if letter == " "] == [
        place for place, letter in enumerate(text) if letter == " "
    ]
    assert 2 <= sum(one != other for one, other in zip(text, typo, strict=True)) <= 10
    assert changed("typos", text) == typo


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("case", "Not Good", "NOT GOOD"),
        ("case", "NOT GOOD", "not good"),
        ("case", "不好", "不好"),
        ("punctuation", "well, no! “never”…", "well no never"),
        ("punctuation", "不好！", "不好"),
        ("accents", "déjà vu, ά", "deja vu, α"),
        ("accents", "がっこうのガラス", "がっこうのガラス"),
        ("accents", "हिन्दी ไม่ดี йод", "हिन्दी ไม่ดี йод"),
        ("typos", "不好看", "不好看"),
        ("typos", "हिन्दी 한국어 がっこう", "हिन्दी 한국어 がっこう"),
        ("link", "ok", "ok https://example.com/a1b2"),
        ("mention", "ok", "ok @someone"),
    ],
)
def test_other_changes(name, text, wanted):
    assert changed(name, text) == wanted


def test_white_space_changes_and_words_stay():
    text = "a b c d e f g h"
    assert changed("white_space", text) != text
    assert changed("white_space", text).split() == text.split()


@given(st.text(max_size=40), st.sampled_from(list(PERTURBATIONS)))
def test_any_text_can_be_changed_and_the_seed_decides(text, name):
    assert changed(name, text, seed=3) == changed(name, text, seed=3)
