"""What counts as a text, and in which script it is written."""

import pyarrow as pa
import pytest

from heptune.data.text import blank_mask, count_scripts, is_blank

BLANK = [None, "", " ", "\t\r\n", "\u3000", "\u200b", "\ufeff", "\u00a0\u2028", "\0", "\u00ad\u2060"]
VISIBLE = ["a", "0", "NA", "null", ".", "。", "🙂", " a ", "\u200ba", "\u0301", "零"]


@pytest.mark.parametrize(("texts", "expected"), [(BLANK, True), (VISIBLE, False)])
def test_white_space_and_invisible_characters_alone_are_no_text(texts, expected):
    assert [is_blank(text) for text in texts] == [expected] * len(texts)
    assert blank_mask(pa.chunked_array([pa.array(texts, pa.large_string())])).to_pylist() == [expected] * len(texts)


def test_the_mask_of_many_chunks_has_one_value_a_text():
    chunks = [pa.array(texts, pa.large_string()) for texts in (["a", ""], [], [None], ["b"])]
    assert blank_mask(pa.chunked_array(chunks)).to_pylist() == [False, True, True, False]
    assert blank_mask(pa.chunked_array([], pa.large_string())).to_pylist() == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hello, world!"], {"latin": 1.0}),
        (["很好吃", "ok"], {"han": 0.6, "latin": 0.4}),
        (["ひらカナｶﾅ"], {"kana": 1.0}),
        (["ＡＢＣ"], {"latin": 1.0}),
        (["Привет"], {"cyrillic": 1.0}),
        (["مرحبا"], {"arabic": 1.0}),
        (["", "123 !?", "🙂"], {}),
        ([], {}),
    ],
)
def test_scripts_are_shares_of_the_letters(texts, expected):
    assert count_scripts(texts) == expected


def test_the_largest_script_comes_first():
    assert list(count_scripts(["ab很很很ж"])) == ["han", "latin", "cyrillic"]
