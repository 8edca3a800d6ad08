"""What further labelled rows are worth."""

from pydantic import Field

from heptune.schemas.record import Record
from heptune.schemas.score import Score
from heptune.schemas.sentence import StoredSentence


class CurvePoint(Record):
    """A number of rows to learn from, and the accuracy that came of it on rows that were kept out."""

    rows: int
    accuracy: Score


class MeasuredCurve(Record):
    """How a method's accuracy grew.

    Attributes:
        method: `tfidf`, or the name of the model that was fine-tuned.
        judged: Rows that the accuracies rest on.
        points: By rising number of rows.
        gains: By how much it is likely to rise with so many rows more.
    """

    method: str
    judged: int
    points: tuple[CurvePoint, ...]
    gains: dict[int, Score]


class LearningCurve(Record):
    """What more labels are likely to be worth.

    Attributes:
        rows: Rows to learn from that there are.
        curves: Of TF-IDF, and of the model where one was named; the last one is that to go by.
        label_first: Classes that the last one tells apart worst, the worst first, with their F1.
        reason: Why nothing can be said; None where something can.
    """

    rows: int
    curves: tuple[MeasuredCurve, ...] = ()
    label_first: dict[str, float] = Field(default_factory=dict)
    reason: StoredSentence | None = None
