"""What so many test rows can show: laws, and simulations of what is claimed."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.evaluation.intervals import wilson
from heptune.evaluation.significance import mcnemar_mid_p
from heptune.evaluation.test_size import holm, rows_to_settle, smallest_difference
from heptune.schemas.score import Score

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(P_VALUES)
def test_holm_makes_no_p_value_smaller_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert all(one <= other <= 1 for one, other in zip(p_values, adjusted, strict=True))
    for (one, new), (other, new_other) in itertools.combinations(zip(p_values, adjusted, strict=True), 2):
        assert (one <= other) == (new <= new_other) or new == new_other


@given(P_VALUES)
def test_holm_rejects_what_stepping_down_rejects(p_values):
    """By the definition: the smallest against level / m, the next against level / (m - 1), up to the first miss."""
    level, rejected = 0.05, set()
    for rank, test in enumerate(sorted(range(len(p_values)), key=lambda number: p_values[number])):
        if p_values[test] * (len(p_values) - rank) > level:
            break
        rejected.add(test)
    assert {test for test, p_value in enumerate(holm(p_values)) if p_value <= level} == rejected


@pytest.mark.parametrize(("n", "better", "decided"), [(300, 0.09, 0.25), (1_000, 0.04, 0.2), (3_534, 0.02, 0.18)])
def test_the_smallest_difference_is_found_about_four_times_of_five(n, better, decided):
    """Test sets in which so many rows are decided by one alone, and the true difference is the one that is said."""
    expected = round(n * decided)
    difference = smallest_difference(expected - 1, 0, n)
    assert difference == pytest.approx(better, abs=0.012)
    generator = np.random.default_rng(0)
    shares = [(decided + difference) / 2, (decided - difference) / 2, 1 - decided]
    drawn = generator.multinomial(n, shares, size=2_000)
    power = np.mean([mcnemar_mid_p(won, lost) <= 0.05 for won, lost, _ties in drawn.tolist()])
    assert 0.75 <= power <= 0.86


def test_rows_on_which_both_agree_promise_no_difference_of_nothing():
    assert 0 < smallest_difference(0, 0, 100) < 0.05
    assert smallest_difference(1, 0, 1) == 1.0


@pytest.mark.parametrize(
    ("hits", "n", "threshold"), [(230, 300, 0.74), (230, 300, 0.79), (80, 100, 0.75), (50, 60, 0.9)]
)
def test_with_so_many_more_rows_the_interval_leaves_the_threshold_out_and_with_fewer_it_does_not(hits, n, threshold):
    score = wilson(hits, n)
    assert score.low < threshold < score.high
    more = rows_to_settle(score, threshold, n)
    enough, few = (wilson(hits / n * rows, rows) for rows in ((n + more) * 1.1, (n + more) * 0.85))
    assert not enough.low <= threshold <= enough.high
    assert few.low <= threshold <= few.high


def test_a_score_on_the_threshold_is_settled_by_no_number_of_rows():
    assert rows_to_settle(wilson(75, 100), 0.75, 100) is None
    assert rows_to_settle(Score(value=0.75, low=0.7, high=0.8, method="bootstrap"), 0.75001, 100) is None
    assert rows_to_settle(Score(value=0.1), 0.2, 100) is None
