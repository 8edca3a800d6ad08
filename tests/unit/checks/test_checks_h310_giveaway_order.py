"""H310: the place of a row gives its label away."""

import numpy as np
from rows_to_check import numbered, rows_of

from heptune.checks.giveaway import skill
from heptune.checks.h310_giveaway_order import CHECK


def test_rows_sorted_by_label_are_found():
    finding = CHECK.finding(rows_of(numbered("a", 50) + numbered("b", 50) + numbered("c", 50)))
    assert finding.severity == "note"
    assert finding.count == 1


def test_mixed_rows_are_not():
    rows = numbered("a", 50) + numbered("b", 50) + numbered("c", 50)
    order = np.random.default_rng(0).permutation(len(rows))
    assert CHECK.finding(rows_of([rows[place] for place in order])).outcome == "passed"


def test_few_rows_say_nothing_of_their_order():
    assert CHECK.finding(rows_of(numbered("a", 10) + numbered("b", 10))).outcome == "passed"


def test_skill_is_the_share_of_errors_avoided():
    classes = np.repeat([0, 1], 500).astype(np.int32)
    assert skill(np.arange(1_000), classes) > 0.98
    assert abs(skill(np.random.default_rng(0).permutation(1_000), classes)) < 0.15
    half = np.where(np.arange(1_000) % 2, classes, np.random.default_rng(1).integers(2, size=1_000)).astype(np.int32)
    assert 0.35 < skill(np.arange(1_000), half) < 0.6
    assert skill(np.arange(1_000), np.zeros(1_000, dtype=np.int32)) == 0
