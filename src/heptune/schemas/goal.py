"""Step 1's result: what the classifier is for."""

from typing import ClassVar, Literal

from heptune.schemas.record import Record, StepResult
from heptune.schemas.requirement import Requirement

TaskKind = Literal["single_label"]


class LabelDefinition(Record):
    """A label as the user declares it; `meaning` is None where the user gave none."""

    name: str
    meaning: str | None = None


class Goal(StepResult):
    """What is to be decided, and when it is good enough.

    Attributes:
        task: The kind of task.
        labels: The declared labels in their declared order; empty where they are taken from the data.
        requirement: What the test score has to reach; None where nothing is required.
        languages: Languages of the texts as the user states them (BCP 47); empty where they are taken from the data.
        max_training_minutes: Training stops after this time and keeps its best epoch; None for no limit.
    """

    step_number: ClassVar[int] = 1
    step_name: ClassVar[str] = "goal"

    task: TaskKind
    labels: tuple[LabelDefinition, ...]
    requirement: Requirement | None
    languages: tuple[str, ...]
    max_training_minutes: float | None

    def forms(self) -> tuple[StepResult, ...]:
        """Return the goal as it is, and as training sees it."""
        return self, self.without_requirement()

    def without_requirement(self) -> "Goal":
        """Return what training depends on: the verdict is reached afterwards, so another requirement trains nothing."""
        return self.model_copy(update={"requirement": None})
