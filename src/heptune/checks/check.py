"""What a check is, and how its answer becomes a finding."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from heptune.i18n import Sentence
from heptune.schemas.finding import Example, Finding, Outcome, Severity

EXAMPLES_SHOWN = 5

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Found:
    """Something to look at.

    Attributes:
        count: How many.
        summary: In a sentence.
        remedy: What to do.
        examples: The first of them.
        of: Rows that were looked at; None where rows are not what is counted.
    """

    count: int
    summary: Sentence
    remedy: Sentence
    examples: tuple[Example, ...] = ()
    of: int | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """There is nothing to look for, and why."""

    reason: Sentence


@dataclass(frozen=True, slots=True)
class Skipped:
    """It was not looked for, and why."""

    reason: Sentence


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing to look at."""


PASSED = Passed()
Answer: TypeAlias = Found | NotApplicable | Skipped | Passed


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One thing that may be wrong.

    Attributes:
        code: Its number, which users mute.
        name: Its name in JSON.
        severity: Of what it finds.
        look: Looks for it.
    """

    code: str
    name: str
    severity: Severity
    look: Callable[[Subject], Answer]

    def finding(self, subject: Subject, muted: Collection[str] = ()) -> Finding:
        """Look, unless its code is muted, and say what came of it."""
        if self.code in muted:
            return self._finding("muted")
        match self.look(subject):
            case Found() as found:
                return Finding(
                    code=self.code,
                    name=self.name,
                    outcome="found",
                    severity=self.severity,
                    count=found.count,
                    share=None if found.of is None else round(found.count / found.of, 6),
                    summary=found.summary,
                    examples=found.examples[:EXAMPLES_SHOWN],
                    remedy=found.remedy,
                )
            case NotApplicable(reason):
                return self._finding("not_applicable", reason)
            case Skipped(reason):
                return self._finding("skipped", reason)
            case Passed():
                return self._finding("passed")

    def _finding(self, outcome: Outcome, reason: Sentence | None = None) -> Finding:
        return Finding(code=self.code, name=self.name, outcome=outcome, severity=self.severity, summary=reason)
