"""What a check of the data says."""

from typing import Literal

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence

Outcome = Literal["found", "passed", "not_applicable", "skipped", "muted"]
Severity = Literal["serious", "warning", "note"]


class RowPlace(Record):
    """Where a row stands: in which part of the data (`train`, `validation`, `test`), file, and line or row of it."""

    part: str
    file: str
    position: int


class Example(Record):
    """What a finding rests on.

    Attributes:
        rows: Where it is to be seen; none where it is about a class or a word.
        text: The first of the rows, a word, or a label; shortened.
        detail: What to look at; None where the text says it.
    """

    rows: tuple[RowPlace, ...] = ()
    text: str
    detail: StoredSentence | None = None


class Finding(Record):
    """What one check says.

    Attributes:
        code: Such as `H301`; its first digit is the step that makes it.
        name: Such as `duplicates`.
        outcome: `muted` and `skipped` were not looked for.
        severity: How much it matters where it is found.
        count: Of what was found.
        share: Of the rows that were looked at; None where rows are not what is counted.
        summary: What was found; why it does not apply or was skipped; None where it passed or is muted.
        examples: The first ones, or those that show it best.
        remedy: What to do; None where nothing was found.
    """

    code: str
    name: str
    outcome: Outcome
    severity: Severity
    count: int = 0
    share: float | None = None
    summary: StoredSentence | None = None
    examples: tuple[Example, ...] = ()
    remedy: StoredSentence | None = None
