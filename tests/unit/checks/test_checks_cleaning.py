"""What is mended without asking, and what is left alone."""

from rows_to_check import rows_of

from heptune.checks.cleaning import clean


def test_the_first_of_each_copy_stays_and_both_labels_of_a_torn_text():
    cleaned = clean(rows_of([("Hm", "a"), ("hm", "a"), ("ok", "b"), ("OK ", "a"), ("ok", "b"), ("new", "b")]))
    assert cleaned.removed == {1: "duplicates", 4: "duplicates"}
    assert cleaned.relabelled == {}
    assert cleaned.kept().tolist() == [True, False, True, True, False, True]


def test_rows_that_stand_in_test_go_from_the_rows_to_learn_from_and_test_stays():
    cleaned = clean(rows_of([("a", "x"), ("A", "y"), ("b", "y")], [("a", "x"), ("a", "x"), ("c", "y")]))
    assert cleaned.removed == {0: "split_leakage", 1: "split_leakage"}


def test_labels_written_in_two_ways_become_the_commonest():
    rows = [
        ("one", "Billing"),
        ("two", "billing"),
        ("three", "billing"),
        ("four", "card payment"),
        ("five", "card_payment"),
    ]
    rows += [("six", "positive"), ("seven", "postive")]  # a letter may make another word
    cleaned = clean(rows_of(rows))
    names = rows_of(rows).labels
    assert [names[number] for number in cleaned.classes] == [
        "billing",
        "billing",
        "billing",
        "card payment",
        "card payment",
        "positive",
        "postive",
    ]
    assert cleaned.relabelled == {0: "label_variants", 4: "label_variants"}
    assert cleaned.removed == {}


def test_copies_are_those_after_labels_have_one_name():
    cleaned = clean(rows_of([("same", "Good"), ("same", "good"), ("other", "good")]))
    assert cleaned.removed == {1: "duplicates"}
    assert cleaned.relabelled == {0: "label_variants"}


def test_clean_rows_stay_as_they_are():
    cleaned = clean(rows_of([("a", "x"), ("b", "y")], [("c", "x"), ("c", "x")]))
    assert (cleaned.removed, cleaned.relabelled, cleaned.classes.tolist()) == ({}, {}, [0, 1, 0, 0])


def test_signs_are_part_of_a_label():
    names = ["-1", "1", "C", "C++", "C#", "1.5", "15", "1-5", "+", "-"]
    cleaned = clean(rows_of([(f"text {number}", name) for number, name in enumerate(names)]))
    assert cleaned.relabelled == {}
