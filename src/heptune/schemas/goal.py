"""Step 1's result: what the classifier is for."""

from typing import ClassVar, Literal

from pydantic import Field

from heptune.schemas.record import Record, StepResult
from heptune.schemas.requirement import Requirement

# Only the first is built.
TaskKind = Literal["single_label", "multi_label", "sentence_pair", "ordinal", "regression", "generation"]


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
        card_languages: Languages of the model card; empty for the one of the moment.
        max_training_minutes: Training stops after this time and keeps its best epoch; None for no limit.
        min_accepted_accuracy: How often answers that stand by themselves are to be right; None where all stand.
        set_coverage: How often sets of labels are to hold the right one; None where no sets are asked for.
        costs: What a mistake costs, by true label and decision; empty where all mistakes cost the same.
    """

    step_number: ClassVar[int] = 1
    step_name: ClassVar[str] = "goal"

    task: TaskKind
    labels: tuple[LabelDefinition, ...]
    requirement: Requirement | None
    languages: tuple[str, ...]
    card_languages: tuple[str, ...] = ()
    max_training_minutes: float | None
    min_accepted_accuracy: float | None = None
    set_coverage: float | None = None
    costs: dict[str, dict[str, float]] = Field(default_factory=dict)

    @property
    def needs_calibration_rows(self) -> bool:
        """Whether more rows than usual are to be kept aside, to show what is promised."""
        return self.min_accepted_accuracy is not None or self.set_coverage is not None

    def forms(self) -> tuple[StepResult, ...]:
        """Return the goal as it is, and as the data set, the evaluation and training see it."""
        return self, self.for_dataset(), self.for_evaluation(), self.for_training()

    def for_dataset(self) -> "Goal":
        """Return what reading and splitting depend on: the labels, and whether something is to be promised."""
        promised = 0.5 if self.needs_calibration_rows else None
        changes = {
            "max_training_minutes": None,
            "min_accepted_accuracy": promised,
            "set_coverage": None,
            "card_languages": (),
        }
        return self.for_training().model_copy(update=changes)

    def for_evaluation(self) -> "Goal":
        """Return what the plan depends on: the metric of the requirement, whatever its figure."""
        required = self.requirement.model_copy(update={"threshold": 0.0}) if self.requirement else None
        return self.for_dataset().model_copy(
            update={"requirement": required, "min_accepted_accuracy": None, "costs": {}}
        )

    def for_training(self) -> "Goal":
        """Return what training and what follows in its step depend on; the verdict comes afterwards."""
        return self.model_copy(update={"requirement": None, "languages": ()})
