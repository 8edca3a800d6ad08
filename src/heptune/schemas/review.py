"""What a file of rows to look at holds."""

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence


class ReviewReport(Record):
    """The file, and what stands in it.

    Attributes:
        file: Where it is.
        rows: Rows of the data to look at.
        by_check: How many of them each check found, by its code; one may be found by two.
        not_judged: Why no model looked for wrong labels; None where one did.
    """

    file: str
    rows: int
    by_check: dict[str, int]
    not_judged: StoredSentence | None = None
