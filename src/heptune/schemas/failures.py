"""Where a model fails: named shapes, groups of rows, single rows."""

from typing import Literal

from heptune.schemas.record import Record
from heptune.schemas.score import Score
from heptune.schemas.sentence import StoredSentence

ShapeName = Literal["one_class_for_everything", "class_never_predicted", "scores_that_do_not_move"]


class FailureShape(Record):
    """A way to fail that has a name; it is said before any score."""

    name: ShapeName
    message: StoredSentence


class Slice(Record):
    """Test rows that have something in common.

    Attributes:
        kind: `length`, `truncated`, `script`, or `column` for a value of a column of the data.
        name: What they have in common.
        rows: How many.
        accuracy: With an interval that holds for all slices together (Bonferroni).
        rest: Accuracy of all other rows, with such an interval; None without any.
        p_value: Of the difference, two-sided, adjusted for the number of slices (Holm); None without other rows.
    """

    kind: Literal["length", "truncated", "script", "language", "column"]
    name: StoredSentence
    rows: int
    accuracy: Score
    rest: Score | None
    p_value: float | None


class Mistake(Record):
    """A test row that the model got wrong, and how sure it was; the text is not kept here."""

    row: int
    position: int
    label: str
    predicted: str
    score: float


class Robustness(Record):
    """How often the answer changes where a text changes and its meaning does not.

    Attributes:
        name: What is done to the texts.
        rows: Test rows whose text it changes.
        flips: Share of them whose answer becomes another.
    """

    name: Literal["typos", "case", "punctuation", "white_space", "accents", "link", "mention"]
    rows: int
    flips: Score
