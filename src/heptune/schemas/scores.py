"""The scores of one classifier on the test rows, and its difference from another one."""

from typing import ClassVar, Literal

from heptune.schemas.record import Record
from heptune.schemas.score import Score

PairedMetric = Literal["accuracy", "macro_f1"]
SignificanceTest = Literal["mcnemar_mid_p", "randomization"]

SIGNIFICANCE_LEVEL = 0.05


class ClassScores(Record):
    """The scores of one class.

    A figure that is not defined (the recall of a class without test rows, the precision of one that is never predicted)
    has the value 0.0 and no interval.

    Attributes:
        label: The class as the user wrote it.
        support: Test rows of the class.
        too_few: There are so few test rows (under 30) that the figures say little.
    """

    label: str
    support: int
    precision: Score
    recall: Score
    f1: Score
    too_few: bool


class TestScores(Record):
    """All scores of one classifier on the same test rows; every value is a finite number.

    Attributes:
        n: Test rows.
        per_class: One entry per class, in the order of the label map.
        confusion: `[C, C]` counts, a row per true class, a column per predicted class; of rows that were judged several
            times over, those of the first time.
    """

    __test__: ClassVar[bool] = False  # the name begins like a test's, and pytest would collect it

    n: int
    accuracy: Score
    macro_f1: Score
    log_loss: Score
    ece: Score
    per_class: tuple[ClassScores, ...]
    confusion: tuple[tuple[int, ...], ...]

    def score(self, metric: str) -> Score:
        """Return the score of the metric of that name.

        Raises:
            KeyError: test rows have no score of that name.
        """
        return {
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "log_loss": self.log_loss,
            "ece": self.ece,
        }[metric]


class PairedComparison(Record):
    """How much better a model is than a baseline on the same rows.

    Attributes:
        metric: What is compared.
        difference: Model minus baseline, with its 95 % interval: positive means that the model is better.
        p_value: Two-sided; small values speak against "no difference".
        p_adjusted: The same where several baselines are compared, by Holm's method.
        method: The test that gives the p-value.
        n: Rows.
        smallest_difference: Difference that would be found in four of five such test sets; None for macro-F1.
    """

    metric: PairedMetric
    difference: Score
    p_value: float
    p_adjusted: float
    method: SignificanceTest
    n: int
    smallest_difference: float | None = None

    @property
    def is_evident(self) -> bool:
        """Whether there is evidence of a difference: by the test, and by the interval."""
        low, high = self.difference.low, self.difference.high
        beyond = low is not None and high is not None and (low > 0 or high < 0)
        return beyond and self.p_adjusted <= SIGNIFICANCE_LEVEL
