"""What came of training once more from what a run recorded."""

from heptune.schemas.record import Record
from heptune.schemas.score import Score


class Reproduction(Record):
    """A run and its like.

    Attributes:
        run: The folder of the run.
        out: The folder of the new one.
        metric: The primary metric.
        before: What the run stated, on its test rows.
        after: What the new one has, on the same rows.
        reproduced: Whether that lies within the stated interval.
        same_answers: Share of the test rows with the same label; None where the answers are no longer there.
        identical: Whether every file of the bundle that influences a prediction is the same, byte for byte.
        other_versions: Libraries that have another version now, as `name: before → now`.
    """

    run: str
    out: str
    metric: str
    before: Score
    after: Score
    reproduced: bool
    same_answers: float | None
    identical: bool
    other_versions: tuple[str, ...]
