"""Which ways to compute the same in less time were taken."""

from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence


class SpeedupRecord(Record):
    """A way to compute the same in less time: the name of the setting value that leaves it out, and why it was."""

    name: str
    used: bool
    why_not: StoredSentence | None = None
