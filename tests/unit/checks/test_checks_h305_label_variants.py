"""H305: label names that look like one name written in two ways."""

import pytest
from rows_to_check import rows_of

from heptune.checks.h305_label_variants import CHECK


def look(*labels):
    return CHECK.finding(rows_of([(f"text {label} {n}", label) for label in labels for n in range(3)]))


@pytest.mark.parametrize(
    "labels",
    [
        ("Billing", "billing"),
        ("card payment", "card_payment"),
        ("positive", "postive"),
        ("positive", "positvie"),
        ("refund", "refunds"),
        ("neutral", "neutral "),
        ("ｎｅｕｔｒａｌ", "neutral"),
        ("Beschwerde", "Beschwerte"),
    ],
)
def test_one_name_in_two_ways_is_found(labels):
    finding = look(*labels, "something else")
    assert finding.count == 1
    assert finding.examples[0].text == " / ".join(sorted(labels))
    assert finding.examples[0].detail == "3 and 3 rows"


@pytest.mark.parametrize(
    "labels",
    [
        ("0", "1", "2"),
        ("cat", "car"),
        ("level 1", "level 2"),
        ("level 1", "level 12"),
        ("好评", "差评"),
        ("good", "bad"),
        ("male", "female"),
    ],
)
def test_other_names_are_left_alone(labels):
    assert look(*labels).outcome == "passed"
