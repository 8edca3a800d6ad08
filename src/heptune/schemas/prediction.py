"""What came of predicting a file."""

from heptune.schemas.record import Record


class PredictionReport(Record):
    """What was written.

    Attributes:
        out: The file or the folder; None for standard output.
        rows: Rows that were answered in this call, those with an error among them.
        errors: Rows without an answer, by the name of the error.
        truncated: Texts that were longer than the model reads.
        needs_review: Answers that a person should look at.
        kept_rows: Rows whose answers an earlier call had written into the folder.
        seconds: What it took.
        left_out: Columns that stand in some rows only, far from the first ones, and that this format has no place for.
    """

    out: str | None
    rows: int
    errors: dict[str, int]
    truncated: int
    needs_review: int
    kept_rows: int = 0
    seconds: float
    left_out: tuple[str, ...] = ()


class Shard(Record):
    """A file of a folder with answers, whole."""

    file: str
    rows: int


class PredictionJob(Record):
    """What a folder with answers was made from, and how far it is.

    Attributes:
        bundle: sha256 of the bundle's manifest.
        inputs: sha256 of each file, by its name, in order.
        settings: How the answers are written.
        shards: The files that are whole, in the order of the rows.
        complete: Whether all rows are answered.
    """

    schema_version: int = 1
    bundle: str
    inputs: dict[str, str]
    settings: dict[str, str]
    shards: tuple[Shard, ...] = ()
    complete: bool = False
