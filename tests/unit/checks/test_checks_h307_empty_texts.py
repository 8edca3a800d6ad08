"""H307: texts with nothing in them, or next to nothing."""

import pytest
from rows_to_check import rows_of

from heptune.checks.h307_empty_texts import CHECK, says_next_to_nothing


@pytest.mark.parametrize("text", ["a", " ? ", "7", ".", "é"])
def test_a_single_letter_or_mark_says_next_to_nothing(text):
    assert says_next_to_nothing(text)


@pytest.mark.parametrize("text", ["no", "好", "差", "🙂", ":)", "ok", "カ", "♥"])
def test_short_texts_may_say_something(text):
    assert not says_next_to_nothing(text)


def test_rows_left_out_and_texts_that_say_nothing_are_counted_together():
    finding = CHECK.finding(rows_of([("a", "x"), ("fine", "y")], left_out=2))
    assert (finding.count, finding.share) == (3, 0.75)
    assert finding.summary == "2 rows without a text or a label, which are left out; 1 texts of a single letter or mark"
    assert [place.position for place in finding.examples[0].rows] == [2]


def test_what_there_is_none_of_is_not_mentioned():
    assert CHECK.finding(rows_of([("a", "x"), ("fine", "y")])).summary == "1 texts of a single letter or mark"
    assert CHECK.finding(rows_of([("fine", "y")], left_out=1)).summary.startswith("1 rows without")
