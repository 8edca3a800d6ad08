"""What the user asks of the classifier before it is trained, and how that turned out."""

from typing import Literal

from pydantic import FiniteFloat

from heptune.schemas.record import Record

Comparison = Literal[">=", "<="]
Verdict = Literal["met", "not_met", "inconclusive"]


class Requirement(Record):
    """A metric of the test rows and the figure that it has to reach, such as `macro_f1 >= 0.75`."""

    metric: str
    comparison: Comparison
    threshold: FiniteFloat
    on: Literal["test"] = "test"

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.threshold}"
