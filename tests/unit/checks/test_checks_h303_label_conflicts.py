"""H303: the same text with two labels."""

from rows_to_check import rows_of

from heptune.checks.h303_label_conflicts import CHECK


def test_texts_with_two_labels_are_counted_once_each_and_the_labels_named():
    rows = [
        ("May the 4th", "good"),
        ("may the 4th", "bad"),
        ("may the 4th", "good"),
        ("hm", "bad"),
        ("Hm", "good"),
        ("ok", "good"),
    ]
    finding = CHECK.finding(rows_of([*rows, ("ok", "good")]))
    assert (finding.count, finding.share) == (2, None)
    assert "(5 rows)" in finding.summary
    assert finding.examples[0].detail == "labels: bad × 1, good × 2"


def test_test_rows_contradict_nobody():
    assert CHECK.finding(rows_of([("a", "x"), ("b", "y")], [("a", "y"), ("b", "x")])).outcome == "passed"
