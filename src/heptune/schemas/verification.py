"""What was found when a bundle was looked at again."""

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence


class VerifiedBundle(Record):
    """A bundle that is as it was written, and answers as it did.

    Attributes:
        folder: The bundle.
        sha256: Of its manifest, which stands for all its files.
        files: How many files of it influence a prediction.
        golden: How many recorded answers it gave again.
        precision: In which it gave them; None where there is but one.
        largest_difference: Between a recorded probability and the one of now.
        warnings: Files that differ from the manifest, or do not stand in it, and change no prediction.
    """

    folder: str
    sha256: str
    files: int
    golden: int
    precision: str | None
    largest_difference: float
    warnings: tuple[StoredSentence, ...]
