"""Step 3's result: labelled rows, split."""

from typing import ClassVar, Self

from heptune.schemas.finding import CheckedResult
from heptune.schemas.record import Record, StepResult
from heptune.schemas.sentence import StoredSentence

# How the codes of step 6's checks begin.
EVALUATION_CODES = "H6"


class LabelInfo(Record):
    """One class.

    Attributes:
        name: What users see and get back.
        identifier: What the label column holds, where names come from another column; else the name.
        meaning: As declared in the goal; None where it was not.
    """

    name: str
    identifier: str
    meaning: str | None = None


class SplitInfo(Record):
    """One split: its rows, and how many of each class in class order.

    `sha256` is of the texts and labels in order: the same rows give the same digest whatever file they came from.
    """

    rows: int
    by_label: tuple[int, ...]
    sha256: str


class PreviewRow(Record):
    """One of the first rows, for the table that the user sees."""

    position: int
    text: str
    label: str


class DroppedRow(Record):
    """A row that was left out: file, line or row in it, and which column is empty."""

    file: str
    position: int
    column: str


class DatasetSplits(CheckedResult):
    """What was read, and how it was split.

    Attributes:
        text_column: The column that is classified.
        label_column: The column with the labels.
        label_name_column: The column with the labels' names, where ids and names stand in two columns.
        column_reason: How the columns were found.
        columns: All columns of the data.
        labels: The classes; their order is the class order everywhere.
        rows_read: Rows of all files before sampling.
        splits: By split name.
        split_rules: How the rows came into the splits.
        dropped: How many rows had no text or no label.
        dropped_examples: The first of them.
        scripts: Share of the letters by script (`latin`, `han`, …), largest first.
        notes: How the files were understood.
        preview: The first training rows.
        muted: Codes of checks that are not made, in later steps too.
        slice_by: Columns by whose values the test rows are looked at apart.
    """

    step_number: ClassVar[int] = 3
    step_name: ClassVar[str] = "dataset"

    text_column: str
    label_column: str
    label_name_column: str | None
    column_reason: StoredSentence
    columns: tuple[str, ...]
    labels: tuple[LabelInfo, ...]
    rows_read: int
    splits: dict[str, SplitInfo]
    split_rules: tuple[StoredSentence, ...]
    dropped: int
    dropped_examples: tuple[DroppedRow, ...]
    scripts: dict[str, float]
    notes: tuple[StoredSentence, ...]
    preview: tuple[PreviewRow, ...]
    muted: tuple[str, ...] = ()
    slice_by: tuple[str, ...] = ()

    def forms(self) -> tuple[StepResult, ...]:
        """Return the result as it is, and as the evaluation, the scores and the other later steps see it."""
        return self, self.for_evaluation(), self.for_scores(), self.without_findings()

    def for_scores(self) -> Self:
        """Return what the scores depend on: the rows, and how the test rows are looked at."""
        return self.without_findings().model_copy(update={"slice_by": self.slice_by})

    def for_evaluation(self) -> Self:
        """Return what the evaluation depends on: the rows, and which of its own checks are muted."""
        muted = tuple(code for code in self.muted if code.startswith(EVALUATION_CODES))
        return self.without_findings().model_copy(update={"muted": muted})

    def without_findings(self) -> Self:
        """Return what later steps depend on: the rows, whatever was said about them."""
        return super().without_findings().model_copy(update={"muted": (), "slice_by": ()})

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the classes in class order."""
        return tuple(label.name for label in self.labels)
