"""Points in time as people and systems write them."""

from itertools import pairwise

import pytest

from heptune.data.times import first_unreadable, seconds_of


@pytest.mark.parametrize(
    "texts",
    [
        ("2026-01-31", "2026-02-01"),
        ("2026/1/9", "2026/1/10"),
        ("2026.1.9 23:59", "2026.1.10 00:00"),
        ("2026年9月30日", "2026年10月1日"),
        ("2026-11-27T16:30:00", "2026-11-27T16:30:01"),
        ("2026-11-27T16:30:00+08:00", "2026-11-27T16:30:00Z", "2026-11-27 16:31"),
        ("9", "10", "1e3"),
        ("-1.5", "0"),
    ],
)
def test_later_ones_are_larger(texts):
    assert all(seconds_of(one) < seconds_of(other) for one, other in pairwise(texts))


def test_a_point_in_time_is_the_same_in_every_zone_and_writing():
    assert (
        seconds_of("2026-11-27T16:30:00+08:00") == seconds_of("2026/11/27 08:30:00") == seconds_of(" 20261127T083000Z ")
    )


@pytest.mark.parametrize(
    "text", ["", "yesterday", "01/02/2026", "31.12.2026", "2026-13-01", "2026-02-30", "nan", "inf"]
)
def test_what_cannot_be_told_is_not_guessed(text):
    assert seconds_of(text) is None


def test_the_first_unreadable_ones_are_found_and_no_more():
    assert first_unreadable(["1", None, "x", "2", "y"], most=2) == [1, 2]
    assert first_unreadable(["1", "2"], most=2) == []
