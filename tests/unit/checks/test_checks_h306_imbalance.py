"""H306: classes with hardly any rows, or with many times the rows of another."""

import pytest
from rows_to_check import numbered, rows_of

from heptune.checks.h306_imbalance import CHECK


def test_classes_with_few_rows_are_named_smallest_first():
    finding = CHECK.finding(rows_of([*numbered("a", 90), *numbered("b", 9), *numbered("c", 3), *numbered("d", 10)]))
    assert finding.count == 2
    assert [(example.text, example.detail) for example in finding.examples] == [
        ("c", "3 rows to learn from"),
        ("b", "9 rows to learn from"),
    ]


@pytest.mark.parametrize(("rows", "outcome"), [(20, "passed"), (19, "found")])
def test_a_class_with_twenty_times_the_rows_outweighs_another(rows, outcome):
    assert CHECK.finding(rows_of([*numbered("a", 400), *numbered("b", rows)])).outcome == outcome


def test_rows_to_test_on_do_not_count():
    finding = CHECK.finding(rows_of([*numbered("a", 20), *numbered("b", 5)], numbered("b", 50)))
    assert finding.examples[0].detail == "5 rows to learn from"
