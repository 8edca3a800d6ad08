"""What every way to compute the same in less time can do."""

from contextlib import AbstractContextManager
from typing import Protocol

from heptune.i18n import Sentence


class Speedup(Protocol):
    """One way; it holds what it works on.

    Attributes:
        name: Of the setting that leaves it out.
    """

    name: str

    def why_not(self) -> Sentence | None:
        """Return why it does not apply here, None where it does."""
        ...

    def at_work(self) -> AbstractContextManager[None]:
        """Take effect during the block; afterwards everything is as it would be without."""
        ...
