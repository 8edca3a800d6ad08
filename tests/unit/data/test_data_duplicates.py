"""Copies and near copies: nothing but a comparison of every text with every other, in less time."""

import csv
import json
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.data.duplicates import near
from heptune.data.duplicates.exact import equal_groups
from heptune.data.duplicates.folding import fold, is_dense, letters_of
from heptune.data.duplicates.near import LEAST_SHARED, find_near_duplicates
from heptune.data.duplicates.signatures import HASHES, parts_of, sign

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def column(texts, *, chunk=7):
    chunks = [pa.array(texts[start : start + chunk], pa.large_string()) for start in range(0, len(texts), chunk)]
    return pa.chunked_array(chunks, pa.large_string())


def in_order(groups):
    """Number groups by their first members."""
    seen = {}
    return [seen.setdefault(group, len(seen)) for group in groups]


@given(st.lists(st.text(alphabet="aA bß\u3000\n!", max_size=4), min_size=1))
def test_copies_are_the_texts_that_are_the_same_when_folded(texts):
    assert equal_groups(column(texts)).tolist() == in_order([fold(text) for text in texts])


@pytest.mark.parametrize(
    ("one", "other"),
    [("Miss you", "  miss\tYOU "), ("STRASSE", "straße"), ("a\u3000b", "A b"), ("ΣΑΣ", "σας")],
)
def test_case_and_white_space_make_no_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Good!!  (day)", "good day"), ("\uff27\uff2f，好\u3000的。", "go 好 的"), ("❤️", "❤️"), ("...", "...")],
)
def test_letters_are_what_is_left_without_marks_and_widths(text, letters):
    assert letters_of(text) == letters


def test_texts_are_dense_where_most_of_them_is_chinese_japanese_or_korean():
    assert [is_dense(text) for text in ("好", "很好 ok", "好 very good", "カナ", "한국어", "good", "")] == [
        True, False, False, True, True, False, False,
    ]  # fmt: skip


def by_hand(texts):
    """Group texts by comparing all pairs."""
    group = list(range(len(texts)))
    letters = [letters_of(text) for text in texts]
    for one, other in combinations(range(len(texts)), 2):
        shared, all_parts = (
            join(parts_of(letters[one]), parts_of(letters[other])) for join in (set.intersection, set.union)
        )
        if letters[one] == letters[other] or (all_parts and len(shared) >= LEAST_SHARED * len(all_parts)):
            old, new = group[other], group[one]
            group = [new if number == old else number for number in group]
    return in_order(group)


def slip(text, generator):
    """Make a copy with a letter replaced, left out, put in, or exchanged with the next one."""
    place = int(generator.integers(1, len(text) - 1))
    letter = str(generator.choice(list(LETTERS)))
    kinds = (
        text[:place] + letter + text[place + 1 :],
        text[:place] + text[place + 1 :],
        text[:place] + letter + text[place:],
        text[: place - 1] + text[place] + text[place - 1] + text[place + 1 :],
    )
    return kinds[int(generator.integers(len(kinds)))]


@pytest.mark.parametrize("seed", range(5))
def test_near_copies_are_those_that_a_comparison_of_all_pairs_finds(seed):
    generator = np.random.default_rng(seed)
    words = ["".join(generator.choice(list(LETTERS), size=generator.integers(2, 8))) for _ in range(40)]
    texts = [" ".join(generator.choice(words, size=generator.integers(1, 14))) for _ in range(60)]
    texts += [slip(text, generator) for text in texts if len(text) > 3]
    texts += [slip(text, generator) for text in texts[60:90]]
    order = generator.permutation(len(texts))
    texts = [texts[place] for place in order]
    found = find_near_duplicates(column(texts))
    assert found.groups.tolist() == by_hand(texts)
    # A twin is nearly the same by itself, not by way of others, and only texts without any have none.
    sizes = np.bincount(found.groups)
    for row, twin in enumerate(found.twins):
        assert (twin == row) == (sizes[found.groups[row]] == 1)
        assert by_hand([texts[row], texts[twin]]) == [0, 0]


@pytest.mark.parametrize(
    "texts",
    [
        ["好", "差"],
        ["很好", "不好"],
        ["yes", "no"],
        ["good", "goods"],
        ["味道好", "味道差"],
        [":)", ":("],
        ["good service", "bad service"],
        ["❤️", "😡"],
        ["1", "2", "3"],
    ],
)
def test_short_texts_that_say_something_else_are_no_copies(texts):
    assert find_near_duplicates(column(texts)).groups.tolist() == list(range(len(texts)))


@pytest.mark.parametrize(
    "texts",
    [
        ["好！", "好。。。", "好"],
        ["Thank you", "thank you!!!", "THANK  YOU :)"],
        ["送餐很快，这么冷的天气辛苦了", "送餐很快，这么冷的天辛苦了"],
        ["The parcel has not come yet, please help.", "the parcel has not come yet please helpp"],
        ["ｆｕｌｌ　ｗｉｄｔｈ", "full width"],
    ],
)
def test_marks_case_width_and_a_slip_make_no_other_text(texts):
    assert find_near_duplicates(column(texts)).groups.tolist() == [0] * len(texts)


def test_a_text_that_stands_between_two_others_joins_them():
    chain = ["the parcel came late again"]
    for place in (4, 9, 14, 19, 23):
        chain.append(chain[-1][:place] + "x" + chain[-1][place + 1 :])
    ends = find_near_duplicates(column([chain[0], chain[-1]])).groups
    assert ends.tolist() == [0, 1]
    assert set(find_near_duplicates(column(chain)).groups) == {0}


def test_thousands_of_texts_from_one_template_are_one_group():
    texts = [
        f"Your order with the number {number} has left our house and will reach you soon" for number in range(3_000)
    ]
    assert set(find_near_duplicates(column(texts)).groups) == {0}


def test_nothing_is_alike_among_no_texts_and_one():
    assert find_near_duplicates(column([])).groups.tolist() == []
    assert find_near_duplicates(column(["alone"])).twins.tolist() == [0]


def test_signatures_share_as_much_as_the_texts_do():
    texts = ["the parcel has not come yet and nobody answers", "the parcel has not come yet and nobody cares at all"]
    one, other = (parts_of(text) for text in texts)
    low_bytes = sign(texts).low_bytes.astype(int)
    shared = np.mean(low_bytes[0] == low_bytes[1])
    true = len(one & other) / len(one | other)
    assert abs(shared - true) < 3 * np.sqrt(true * (1 - true) / HASHES) + 1 / 256


def test_a_stop_is_heard():
    calls = []

    def stop():
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_near_duplicates(column(["a text", "a text!"]), poll=stop)
    assert len(calls) == 1


def real_texts(shared_data, name):
    if name == "tweets":
        lines = (shared_data / "tweet_sentiment_extraction/train.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines]
    path, field = {
        "banking77": ("banking77/train.csv", "text"),
        "waimai": ("waimai_10k/waimai_10k.csv", "review"),
    }[name]
    with (shared_data / path).open(encoding="utf-8", newline="") as file:
        return [row[field] for row in csv.DictReader(file)]


def edited(text, generator):
    """Change a text as people and systems do who send it again."""
    match int(generator.integers(6)):
        case 0:
            return slip(text, generator)
        case 1:
            return text.upper() + "!!!"
        case 2:
            return text + " ok"
        case 3:
            return "@anna " + text
        case 4:
            return text.replace(" ", "  ").replace("，", ",").rstrip(".!?。！？")
        case _:
            return slip(slip(text, generator), generator) if len(text) > 60 else slip(text, generator)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["tweets", "banking77", "waimai"])
def test_planted_near_copies_are_found_among_real_rows_and_hardly_anything_else(shared_data, name):
    generator = np.random.default_rng(3)
    texts = real_texts(shared_data, name)[:8_000]
    before = find_near_duplicates(column(texts, chunk=1_000)).groups
    long_enough = [row for row, text in enumerate(texts) if len(letters_of(text)) >= (15 if name == "waimai" else 30)]
    originals = generator.choice(long_enough, size=400, replace=False)
    planted = [edited(texts[row], generator) for row in originals]
    after = find_near_duplicates(column(texts + planted, chunk=1_000))
    copies = np.arange(len(texts), len(texts) + len(planted))
    assert np.mean(after.groups[originals] == after.groups[copies]) >= 0.95
    # Of all rows that planting them has put into groups, nine of ten are copies or their originals.
    is_grouped = np.bincount(after.groups)[after.groups] > 1
    was_grouped = np.append(np.bincount(before)[before] > 1, np.zeros(len(planted), dtype=bool))
    put = np.flatnonzero(is_grouped & ~was_grouped)
    assert np.mean(np.isin(put, np.concatenate([originals, copies]))) >= 0.9


def test_more_neighbours_than_are_compared_in_a_band_lose_nothing(monkeypatch):
    texts = [f"{word} parcel came late to the house by the river" for word in ("one", "two", "six", "ten")] * 2
    monkeypatch.setattr(near, "NEIGHBOURS", 1)
    assert set(find_near_duplicates(column(texts)).groups) == {0}
