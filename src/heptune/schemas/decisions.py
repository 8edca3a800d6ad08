"""What is done with answers: which may stand by themselves, and what mistakes cost."""

from heptune.schemas.record import Record
from heptune.schemas.score import Score
from heptune.schemas.sentence import StoredSentence


class Acceptance(Record):
    """Which answers may stand by themselves.

    Attributes:
        min_accuracy: How often they are to be right.
        threshold: From which score on; None where that cannot be promised, and every answer is for a person.
    """

    min_accuracy: float
    threshold: float | None


class LabelSets(Record):
    """Sets of labels that hold the right one.

    Attributes:
        coverage: How often.
        threshold: From which probability on a label is in the set; None where that cannot be promised.
    """

    coverage: float
    threshold: float | None


class Decisions(Record):
    """What a bundle does with its answers.

    Attributes:
        acceptance: None where nothing is asked for.
        label_sets: None where nothing is asked for.
        costs: What it costs to decide for one class (column) where another is true (row), in class order `[C, C]`; None
            where all mistakes cost the same.
    """

    acceptance: Acceptance | None = None
    label_sets: LabelSets | None = None
    costs: tuple[tuple[float, ...], ...] | None = None


class AcceptanceReport(Record):
    """A threshold with its promise, and what came of it on the test rows.

    Attributes:
        min_accuracy: Asked for.
        threshold: None where it cannot be promised.
        rows: Rows kept aside, or judged out of fold, that it was found on.
        accepted: How many of those reach it.
        accuracy_at_least: Lower bound of the accuracy of accepted answers at 95 %.
        reason: Why there is none; None where there is one.
        out_of_fold: Whether the test rows are those that it was found on; each is measured by the threshold of others.
        test_share: Share of the test rows that reach it.
        test_accuracy: How often these are right.
    """

    min_accuracy: float
    threshold: float | None
    rows: int
    accepted: int = 0
    accuracy_at_least: float | None = None
    reason: StoredSentence | None = None
    out_of_fold: bool = False
    test_share: Score | None = None
    test_accuracy: Score | None = None


class LabelSetReport(Record):
    """Sets of labels, and what came of them on the test rows.

    Attributes:
        coverage: Asked for.
        threshold: None where it cannot be promised.
        rows: Rows kept aside, or judged out of fold, that it was found on.
        reason: Why there is none; None where there is one.
        out_of_fold: Whether the test rows are those that it was found on; each is measured by the threshold of others.
        test_coverage: How often the sets of the test rows hold the right label.
        mean_size: Labels in a set of a test row.
    """

    coverage: float
    threshold: float | None
    rows: int
    reason: StoredSentence | None = None
    out_of_fold: bool = False
    test_coverage: Score | None = None
    mean_size: float | None = None
