"""Step 2's result: which model and which data, exactly."""

from pathlib import PurePath
from typing import ClassVar, Literal

from heptune.i18n import _
from heptune.schemas.record import Record, StepResult
from heptune.schemas.sentence import StoredSentence

# What users call the small model that comes with an extra.
STARTER = "starter"
# In the place of a model: the best at hand for the texts.
AUTOMATIC = "auto"

MethodName = Literal["tfidf", "full", "linear-probe"]
# What a recipe may ask for.
AskedMethod = Literal["auto", "tfidf", "full", "linear-probe"]
# Of which part the columns are chosen, and in which order the files are numbered.
PART_ORDER = ("whole", "train", "validation", "test")
SplitName = Literal["train", "validation", "calibration", "test"]


class DataFile(Record):
    """One data file; `part` says what it holds, `whole` being rows that are still to be split."""

    path: str
    part: Literal["whole", "train", "validation", "test"]
    sha256: str
    size: int


class DataOrigin(Record):
    """Where rows come from.

    Attributes:
        uri: As the user gave it.
        kind: A local file or folder, a Hub data set, or the package's sample.
        commit: The Hub commit that the name was resolved to; None for local data.
        licence: As the source states it; None where it states none.
    """

    uri: str
    kind: Literal["local", "hub", "sample"]
    commit: str | None
    licence: str | None


class DataSource(DataOrigin):
    """Where the rows come from, and in which files they lie.

    Attributes:
        files: All files that will be read, those of test rows that were given apart among them.
    """

    files: tuple[DataFile, ...]

    @property
    def name(self) -> str:
        """What people call them: a Hub id or a sample's name, of local data the last part of the path."""
        return PurePath(self.uri).name if self.kind == "local" else self.uri

    @property
    def numbered_files(self) -> tuple[DataFile, ...]:
        """The files by the number that rows have in the column `file`."""
        return tuple(sorted(self.files, key=lambda file: PART_ORDER.index(file.part)))


class ModelSource(Record):
    """Which pretrained model.

    Attributes:
        uri: As the user gave it.
        kind: A local folder, a Hub model, or the starter from its package.
        path: The local folder; None for a Hub model, which lies in the Hugging Face cache.
        repository: Hub id; None for a local folder.
        commit: Hub commit; None for a local folder.
        licence: As the source states it; None where it states none.
        architecture: `model_type` of its config.
        size: Bytes of its weights.
        max_tokens: Longest sequence that the network takes, in tokens; None where the config sets no bound.
        files: Digest of every file that will be read, by name.
    """

    uri: str
    kind: Literal["local", "hub", "starter"]
    path: str | None
    repository: str | None
    commit: str | None
    licence: str | None
    architecture: str
    size: int
    max_tokens: int | None
    files: dict[str, str]

    @property
    def name(self) -> str:
        """What people call it: its Hub id, or the name of its folder."""
        return self.repository or PurePath(self.uri).name


class Sources(StepResult):
    """The model and the data, and why this method.

    Attributes:
        method: How to learn.
        reason: Why this method and model.
        model: None for methods without a pretrained model.
        data: The rows.
        test: Where the test rows come from, where they were given apart from the data; else None.
    """

    step_number: ClassVar[int] = 2
    step_name: ClassVar[str] = "sources"

    method: MethodName
    reason: StoredSentence
    model: ModelSource | None
    data: DataSource
    test: DataOrigin | None = None

    def forms(self) -> tuple[StepResult, ...]:
        """Return the sources as they are, and as training sees them."""
        return self, self.without_places()

    def without_places(self) -> "Sources":
        """Return what training depends on: the content, wherever it lies on this machine and whyever it was chosen."""
        files = [file.model_copy(update={"path": PurePath(file.path).name}) for file in self.data.files]
        return self.model_copy(
            update={
                "reason": _("as given"),
                "data": self.data.model_copy(update={"files": tuple(files)}),
                "model": self.model.model_copy(update={"path": None}) if self.model else None,
            }
        )
