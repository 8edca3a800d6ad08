"""H301: rows to learn from that repeat an earlier one."""

from rows_to_check import rows_of

from heptune.checks.h301_duplicates import CHECK


def test_copies_are_counted_but_for_case_and_white_space():
    finding = CHECK.finding(rows_of([("Miss you", "a"), ("miss  YOU", "b"), ("missed you", "a"), (" miss you\n", "a")]))
    assert (finding.count, finding.share) == (2, 0.5)
    (example,) = finding.examples
    assert [place.position for place in example.rows] == [2, 3, 5]


def test_copies_of_test_rows_are_not_counted():
    assert CHECK.finding(rows_of([("a", "x"), ("b", "y")], [("a", "x"), ("a", "x")])).outcome == "passed"


def test_the_texts_that_come_most_often_are_shown_first():
    rows = [("twice", "a"), ("twice", "a"), *[("five times", "b")] * 5, *[(f"text {n}", "a") for n in range(20)]]
    assert [example.text for example in CHECK.finding(rows_of(rows)).examples] == ["five times", "twice"]
