"""How honest probabilities are, and what was done about it."""

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence


class CalibrationScores(Record):
    """How far probabilities are from what happens; lower is better."""

    log_loss: float
    brier: float
    ece: float


class ReliabilityBin(Record):
    """Rows of like confidence: how many, their mean highest probability, and the share that is right."""

    rows: int
    confidence: float
    accuracy: float


class CalibrationReport(Record):
    """The temperature, and what it does on the test rows.

    Attributes:
        temperature: By which the class scores are divided, in the weights of the last layer; None where none is.
        rows: Rows that it was fitted on.
        reason: Why there is none; None where there is one.
        out_of_fold: Whether the test rows are those that it was fitted on, each with a temperature of others.
        before: On the test rows, with the class scores as they were learnt.
        after: On the test rows, as the bundle answers.
        bins: Of the test rows, as the bundle answers, by rising confidence.
    """

    temperature: float | None
    rows: int
    reason: StoredSentence | None = None
    out_of_fold: bool = False
    before: CalibrationScores
    after: CalibrationScores
    bins: tuple[ReliabilityBin, ...]
