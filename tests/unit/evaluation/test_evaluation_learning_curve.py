"""Gains of further rows: right on made-up curves, honest about what cannot be known."""

import numpy as np
import pytest

from heptune.evaluation.learning_curve import gains_of_rows

SIZES = (250.0, 500.0, 1_000.0, 2_000.0)


def answers(error_at, rows=20_000, seed=0):
    """Rows of rising difficulty: one that is right with few rows to learn from is right with more."""
    difficulty = np.random.default_rng(seed).random(rows)
    return np.stack([difficulty >= error_at(size) for size in SIZES])


@pytest.mark.parametrize(
    "error_at",
    [
        lambda n: 2.0 * n**-0.3,
        lambda n: 0.1 + 3.0 * n**-0.5,
        lambda n: 0.05 + 1.0 * n**-0.25,
    ],
    ids=["to nothing", "fast to a rest", "slowly to a rest"],
)
def test_the_interval_holds_the_gain_of_made_up_curves(error_at):
    held = {4_000: 0, 16_000: 0}
    for seed in range(30):
        right = answers(error_at, rows=2_000, seed=seed)
        scores = gains_of_rows(SIZES, right, 2_000, tuple(held), draws=100)
        for rows, score in zip(held, scores, strict=True):
            held[rows] += score.low <= error_at(2_000) - error_at(rows) <= score.high
            assert score.low < score.value < score.high
        assert scores[1].high - scores[1].low > scores[0].high - scores[0].low
    assert min(held.values()) >= 27


def test_where_nothing_was_gained_nothing_is_promised():
    (score,) = gains_of_rows(SIZES, answers(lambda _n: 0.2), 2_000, (20_000,), draws=500)
    assert score.low == 0
    assert score.high < 0.01


def test_more_judged_rows_narrow_the_interval():
    few, many = (
        gains_of_rows(SIZES, answers(lambda n: 2.0 * n**-0.3, rows=rows), 2_000, (4_000,), draws=500)[0]
        for rows in (200, 20_000)
    )
    assert many.high - many.low < few.high - few.low


def test_no_mistakes_at_all_can_be_handled():
    (score,) = gains_of_rows(SIZES, np.ones((4, 100), dtype=bool), 2_000, (4_000,), draws=100)
    assert score.value == pytest.approx(0, abs=0.01)
