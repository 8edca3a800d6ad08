"""H302: test rows that also stand in the rows to learn from."""

from rows_to_check import numbered, rows_of

from heptune.checks.h302_split_leakage import CHECK


def test_all_shared_rows_are_found_with_the_row_that_they_stand_in_first():
    train = numbered("a", 40) + numbered("b", 40)
    leaked = [(text.upper(), label) for text, label in train[::7]]
    finding = CHECK.finding(rows_of(train, [("new", "a"), *leaked, ("newer", "b")]))
    assert (finding.severity, finding.count, finding.share) == ("serious", 12, round(12 / 14, 6))
    assert [place.position for place in finding.examples[1].rows] == [4, 9]
    assert finding.remedy == "--set dataset.leakage=drop leaves such rows out of those to learn from."


def test_another_label_is_said():
    finding = CHECK.finding(
        rows_of([("so so", "good"), ("so so", "bad"), ("ok", "good")], [("So so", "bad"), ("ok", "good")])
    )
    assert finding.count == 2
    assert finding.summary.endswith("1 of them with another label")
    assert finding.examples[0].detail == "bad to test on, good to learn from"


def test_without_given_test_rows_it_does_not_apply():
    assert CHECK.finding(rows_of([("a", "x"), ("a", "y")])).outcome == "not_applicable"
