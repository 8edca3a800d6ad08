"""H302: test rows that also stand in the rows to learn from."""

import csv

import pytest
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


@pytest.mark.shared
@pytest.mark.parametrize(
    ("train", "test", "text", "label", "delimiter"),
    [
        ("banking77/train.csv", "banking77/test.csv", "text", "category", ","),
        ("sst2/train.tsv", "sst2/test.tsv", "sentence", "label", "\t"),
    ],
)
def test_all_rows_that_are_planted_in_real_test_rows_are_found(shared_data, train, test, text, label, delimiter):
    def rows(name):
        with (shared_data / name).open(encoding="utf-8", newline="") as file:
            return [(row[text], row[label]) for row in csv.DictReader(file, delimiter=delimiter)]

    learnt, tested = rows(train), rows(test)
    before = CHECK.finding(rows_of(learnt, tested)).count
    own = {" ".join(one.split()).casefold() for one, _label in tested}
    planted = [
        (f" {one.upper()}  " if number % 2 else one, name)
        for number, (one, name) in enumerate(learnt[::40])
        if " ".join(one.split()).casefold() not in own
    ]
    assert len(planted) > 100
    assert CHECK.finding(rows_of(learnt, tested + planted)).count == before + len(planted)
