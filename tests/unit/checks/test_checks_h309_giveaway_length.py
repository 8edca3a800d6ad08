"""H309: the length of a text gives its label away."""

from rows_to_check import numbered, rows_of

from heptune.checks.h309_giveaway_length import CHECK


def mixed(one, other):
    return [row for pair in zip(one, other, strict=True) for row in pair]


def test_texts_of_one_label_that_are_all_longer_are_found():
    finding = CHECK.finding(rows_of(mixed(numbered("a", 50), numbered("b", 50, "a much longer beginning of a text"))))
    assert finding.count == 1
    assert [example.text for example in finding.examples] == ["a", "b"]
    assert "characters" in finding.examples[0].detail


def test_texts_of_like_length_are_not():
    assert CHECK.finding(rows_of(mixed(numbered("a", 50), numbered("b", 50)))).outcome == "passed"


def test_the_length_of_test_rows_does_not_count():
    train = mixed(numbered("a", 50), numbered("b", 50))
    assert CHECK.finding(rows_of(train, numbered("b", 50, "a much longer beginning of a text"))).outcome == "passed"
