"""How texts were scored."""

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence
from heptune.schemas.speedup import SpeedupRecord


class ScoringRecord(Record):
    """How a network scored texts.

    Attributes:
        precision: Of the matrix products: `fp32` or `bf16`.
        precision_reason: Why this one.
        speedups: Ways to compute the same in less time, and which were taken.
    """

    precision: str
    precision_reason: StoredSentence
    speedups: tuple[SpeedupRecord, ...]
