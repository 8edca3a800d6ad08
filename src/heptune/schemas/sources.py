"""Step 2's result: which model and which data, exactly."""

from typing import ClassVar, Literal

from heptune.schemas.record import Record, StepResult
from heptune.schemas.sentence import StoredSentence

# What users call the small model that comes with an extra.
STARTER = "starter"

MethodName = Literal["tfidf", "full"]
SplitName = Literal["train", "validation", "calibration", "test"]


class DataFile(Record):
    """One data file; `part` says what it holds, `whole` being rows that are still to be split."""

    path: str
    part: Literal["whole", "train", "validation", "test"]
    sha256: str
    size: int


class DataSource(Record):
    """Where the rows come from.

    Attributes:
        uri: As the user gave it.
        kind: A local file or folder, a Hub data set, or the package's sample.
        commit: The Hub commit that the name was resolved to; None for local data.
        licence: As the source states it; None where it states none.
        files: All files that will be read.
    """

    uri: str
    kind: Literal["local", "hub", "sample"]
    commit: str | None
    licence: str | None
    files: tuple[DataFile, ...]


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


class Sources(StepResult):
    """The model and the data, and why this method.

    Attributes:
        method: How to learn.
        reason: Why this method and model.
        model: None for methods without a pretrained model.
        data: The rows.
    """

    step_number: ClassVar[int] = 2
    step_name: ClassVar[str] = "sources"

    method: MethodName
    reason: StoredSentence
    model: ModelSource | None
    data: DataSource
