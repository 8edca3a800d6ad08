"""What was mended in a copy of the data, and what it is worth."""

from heptune.schemas.record import Record
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison


class CleaningReport(Record):
    """What a cleaned copy differs in.

    Attributes:
        folder: The copy.
        changes: The list of all changes, a CSV file.
        rows_before: Rows of the data.
        rows_after: Rows of the copy.
        removed: Rows taken out, by reason.
        relabelled: Rows with another label, by reason.
        accuracy_before: Of TF-IDF that learnt from the data, cross-validated on the rows of the copy.
        accuracy_after: The same of TF-IDF that learnt from the copy.
        comparison: After minus before; None where nothing was changed.
    """

    folder: str
    changes: str
    rows_before: int
    rows_after: int
    removed: dict[str, int]
    relabelled: dict[str, int]
    accuracy_before: Score | None = None
    accuracy_after: Score | None = None
    comparison: PairedComparison | None = None
