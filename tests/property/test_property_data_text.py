"""The Arrow kernel that finds blank texts and the Python function that defines them say the same.

Both carry a Unicode table, of unlike age: a character that one of them does not know yet (category Cn) is visible to
it, whatever it became later. The law is over the characters that both know.
"""

import sys
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from heptune.data.text import blank_mask, is_blank

KNOWN_TO_ARROW = r"^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}]$"
# Old ones of every blank category, and neighbours of theirs that can be seen.
BLANKS = "\t\n\r\0\x1f\x7f\x85 \u00a0\u00ad\u061c\u1680\u180e\u2000\u200b\u200e\u2028\u2029\u202f\u2060\u3000\ufeff"
VISIBLE = "a0.\u0300\u2007x\u2800\u3164零🙂\ue000"


def as_column(texts):
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def test_both_agree_on_every_character_that_both_know():
    characters = [chr(number) for number in range(sys.maxunicode + 1) if not 0xD800 <= number <= 0xDFFF]
    column = as_column(characters)
    known = pc.match_substring_regex(column, KNOWN_TO_ARROW).to_pylist()
    blank = blank_mask(column).to_pylist()
    common = [
        (character, found)
        for character, found, is_known in zip(characters, blank, known, strict=True)
        if is_known and unicodedata.category(character) != "Cn"
    ]
    assert len(common) > 280_000
    assert [hex(ord(character)) for character, found in common if found != is_blank(character)] == []
    assert sum(found for _character, found in common) > 200


@given(
    texts=st.lists(
        st.one_of(
            st.none(),
            st.text(BLANKS, max_size=6),
            st.text(BLANKS + VISIBLE, max_size=6),
            st.text(st.characters(codec="utf-8", max_codepoint=0x2FFF, exclude_categories=["Cn"]), max_size=20),
        ),
        max_size=10,
    )
)
def test_both_agree_on_texts(texts):
    assert blank_mask(as_column(texts)).to_pylist() == [is_blank(text) for text in texts]


@given(blank=st.text(BLANKS), visible=st.sampled_from("a0.零🙂"), after=st.text(BLANKS))
def test_one_visible_character_makes_a_text(blank, visible, after):
    assert is_blank(blank)
    assert not is_blank(blank + visible + after)
