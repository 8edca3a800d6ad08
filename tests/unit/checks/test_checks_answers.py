"""Answers find their rows, and what does not fit is told at once."""

from dataclasses import replace
from pathlib import Path

import pytest
from rows_to_check import rows_of

from heptune.checks.answers import answered_classes
from heptune.data.label_names import label_number
from heptune.data.review_file import Answer
from heptune.errors import InvalidInputError
from heptune.schemas.dataset import LabelInfo

ROWS = rows_of([("good text", "bad"), ("another", "bad"), ("more", "fine")], [("tested", "fine")])
LABELS = tuple(LabelInfo(name=name, identifier=identifier) for name, identifier in (("bad", "0"), ("fine", "1")))
FIRST = Answer(2, "train.csv", 2, "good text", "bad", "fine")


def classes(*answers):
    return answered_classes(answers, ROWS, file_labels=ROWS.file_names, labels=LABELS, answers_file=Path("answers.csv"))


def faults(*answers):
    with pytest.raises(InvalidInputError) as caught:
        classes(*answers)
    assert caught.value.code == "bad_answers"
    return [str(fault) for fault in caught.value.faults]


def test_rows_of_every_file_get_their_class():
    tested = Answer(3, "test.csv", 2, "tested", "fine", "0")
    assert classes(FIRST, tested, replace(FIRST, line=9)) == {0: 1, 3: 0}


def test_everything_that_does_not_fit_is_told_at_once():
    assert faults(
        replace(FIRST, row=99),
        replace(FIRST, line=3, file="other.csv"),
        replace(FIRST, line=4, text="changed"),
        replace(FIRST, line=5, label="fine"),
        replace(FIRST, line=6, new_label="fien"),
        replace(FIRST, line=7),
        replace(FIRST, line=8, new_label="bad"),
    ) == [
        "line 2: train.csv has no row 99 with a text and a label",
        "line 3: other.csv has no row 2 with a text and a label",
        "line 4: the text is not that of row 2 of train.csv",
        "line 5: the label is not that of row 2 of train.csv",
        "line 6: 'fien' is no label of the data",
        "line 8: another answer for the same row says fine",
    ]


def test_no_answer_at_all_is_told():
    with pytest.raises(InvalidInputError) as caught:
        classes()
    assert caught.value.code == "no_answers"


@pytest.mark.parametrize(
    ("names", "cell", "number"),
    [
        (("no", "yes"), "yes", 1),
        (("no", "yes"), "Yes", 1),
        (("false", "true"), "TRUE", 1),
        (("001", "002"), "2", 1),
        (("-1", "+1"), "'-1", 0),
        (("-1", "+1"), "1", 1),
        (("yes", "Yes"), "Yes", 1),
        (("yes", "Yes"), "YES", None),
        (("a", "b"), "c", None),
    ],
)
def test_a_label_is_known_as_a_spreadsheet_may_have_written_it(names, cell, number):
    assert label_number(cell, [LabelInfo(name=name, identifier=name) for name in names]) == number


def test_names_come_before_identifiers():
    crossed = [LabelInfo(name="1", identifier="0"), LabelInfo(name="0", identifier="1")]
    assert label_number("1", crossed) == 0
