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


class CrossValidation(Record):
    """How all rows are judged where they are too few to set some aside for it.

    Attributes:
        folds: Parts of which each is judged by a model that learnt from the others.
        repetitions: How often the rows are divided into folds anew.
        trainings: How many models are trained for it.
        validation_share: Share of a model's rows that chooses its epoch; None where validation rows are given.
        sha256: Of the file that says which row falls into which fold.
    """

    folds: int
    repetitions: int
    trainings: int
    validation_share: float | None
    sha256: str


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
        splits: By split name. Where rows are judged by cross-validation, `test` holds all of them, those of the other
            splits among them.
        cross_validation: How rows are judged by models that did not learn from them; None where test rows are set
            aside or given.
        split_rules: How the rows came into the splits.
        dropped: How many rows had no text or no label.
        dropped_examples: The first of them.
        scripts: Share of the letters by script (`latin`, `han`, …), largest first.
        languages: Share of the texts by language (ISO 639), of those whose language is plain, largest first; empty
            where it is plain of too few.
        notes: How the files were understood.
        preview: The first training rows.
        muted: Codes of checks that are not made, in later steps too.
        slice_by: Columns by whose values the test rows are looked at apart.
        group_by: Column whose equal values are on one side of every split, and count as one in intervals; None without.
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
    cross_validation: CrossValidation | None = None
    split_rules: tuple[StoredSentence, ...]
    dropped: int
    dropped_examples: tuple[DroppedRow, ...]
    scripts: dict[str, float]
    languages: dict[str, float]
    notes: tuple[StoredSentence, ...]
    preview: tuple[PreviewRow, ...]
    muted: tuple[str, ...] = ()
    slice_by: tuple[str, ...] = ()
    group_by: str | None = None

    def forms(self) -> tuple[StepResult, ...]:
        """Return the result as it is, and as the evaluation, the scores and the other later steps see it."""
        return self, self.for_evaluation(), self.for_scores(), self.without_findings()

    def for_scores(self) -> Self:
        """Return what the scores depend on: the rows, and how the test rows are looked at."""
        return self.without_findings().model_copy(update={"slice_by": self.slice_by, "group_by": self.group_by})

    def for_evaluation(self) -> Self:
        """Return what the evaluation depends on: the rows, and which of its own checks are muted."""
        muted = tuple(code for code in self.muted if code.startswith(EVALUATION_CODES))
        return self.without_findings().model_copy(update={"muted": muted})

    def without_findings(self) -> Self:
        """Return what later steps depend on: the rows, whatever was said about them."""
        return super().without_findings().model_copy(update={"muted": (), "slice_by": (), "group_by": None})

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the splits that hold each row once."""
        return tuple(name for name in self.splits if not (name == "test" and self.cross_validation))

    @property
    def titled_splits(self) -> dict[str, SplitInfo]:
        """The splits by the names that users see: rows that are learnt from too are not called test rows."""
        titles = {"test": "cross-validated"} if self.cross_validation else {}
        return {titles.get(name, name): split for name, split in self.splits.items()}

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the classes in class order."""
        return tuple(label.name for label in self.labels)
