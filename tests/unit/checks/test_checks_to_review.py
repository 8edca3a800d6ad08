"""Which rows a person is asked to look at."""

from rows_to_check import numbered, rows_of

from heptune.checks.to_review import rows_to_review

EASY = [*numbered("a", 40, "sunny day in"), *numbered("b", 40, "rain and cold at")]


def test_texts_with_several_labels_come_with_their_rows_together_and_the_commonest_label():
    rows = rows_of([("One", "a"), ("two", "b"), ("one", "b"), ("ONE", "b"), ("two", "a"), ("three", "a")])
    found = rows_to_review(rows)
    by_text = {}
    for one in found.rows:
        by_text.setdefault(rows.texts[one.row].as_py().lower(), []).append((one.row, one.suggestion, one.codes))
    assert by_text == {
        "one": [(0, 1, ("H303",)), (2, 1, ("H303",)), (3, 1, ("H303",))],
        "two": [(1, None, ("H303",)), (4, None, ("H303",))],
    }
    assert "two labels with at least" in found.not_judged


def test_suspect_labels_are_listed_with_what_the_model_says():
    spoiled = [(EASY[0][0], "b"), *EASY[1:]]
    found = rows_to_review(rows_of(spoiled))
    assert found.not_judged is None
    assert [(one.row, one.suggestion, one.codes) for one in found.rows] == [(0, 0, ("H601",))]


def test_a_row_that_two_checks_find_is_listed_once():
    rows = [*EASY, (EASY[0][0].upper(), "b")]
    found = rows_to_review(rows_of(rows))
    assert [(one.row, one.codes) for one in found.rows] == [(0, ("H303",)), (80, ("H303", "H601"))]
    assert found.rows[1].suggestion == 0  # of the text's labels two are as common: the model's word


def test_muted_checks_add_nothing():
    rows = rows_of([*EASY, (EASY[0][0].upper(), "b")])
    assert rows_to_review(rows, ("H303", "H601")).rows == ()
    assert {one.codes for one in rows_to_review(rows, ("H601",)).rows} == {("H303",)}


def test_where_no_label_is_in_doubt_there_is_nothing():
    assert rows_to_review(rows_of(EASY)).rows == ()
