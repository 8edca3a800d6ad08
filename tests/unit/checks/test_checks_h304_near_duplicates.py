"""H304: texts that are nearly the same."""

from rows_to_check import rows_of

from heptune.checks.h304_near_duplicates import CHECK

PARCEL = "The parcel has not come yet, please help me to find it."


def test_near_copies_are_counted_and_copies_are_not():
    rows = [(PARCEL, "a"), (PARCEL.upper(), "a"), (PARCEL.replace("find", "fnd"), "a"), ("Something else", "b")]
    finding = CHECK.finding(rows_of(rows))
    assert (finding.count, finding.share) == (1, 0.25)
    assert [place.position for place in finding.examples[0].rows] == [2, 4]
    assert "fnd" in finding.examples[0].detail


def test_test_rows_that_nearly_stand_in_train_are_counted_too():
    finding = CHECK.finding(rows_of([(PARCEL, "a"), ("b", "b")], [(PARCEL + " ok", "a"), (PARCEL, "a"), ("c", "b")]))
    assert finding.count == 1
    assert finding.summary.startswith("0 rows to learn from are nearly an earlier one, 1 test rows")


def test_short_chinese_texts_are_no_copies():
    assert CHECK.finding(rows_of([("好", "a"), ("差", "b"), ("很好", "a"), ("不好", "b")])).outcome == "passed"
