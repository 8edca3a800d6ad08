"""What a check of the data says."""

from typing import Literal, Self

from heptune.schemas.record import Record, StepResult
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


class DataReport(Record):
    """What all checks say of some data.

    Attributes:
        rows: How many rows were looked at.
        findings: One of each check, in the order of their codes.
    """

    rows: int
    findings: tuple[Finding, ...]


class CheckedResult(StepResult):
    """The result of a step that looks for what may be wrong with the data.

    Attributes:
        findings: What each check says, in the order of their codes.
    """

    findings: tuple[Finding, ...] = ()

    def forms(self) -> tuple[StepResult, ...]:
        """Return the result as it is, and as later steps build on it."""
        return self, self.without_findings()

    def without_findings(self) -> Self:
        """Return what later steps depend on: what was done, whatever was said about it."""
        return self.model_copy(update={"findings": ()})
