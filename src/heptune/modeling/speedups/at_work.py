"""Several speed-ups at work at once, and the record of those that are not."""

from collections.abc import Collection
from contextlib import ExitStack
from types import TracebackType

from heptune.i18n import Sentence, _
from heptune.modeling.speedups.speedup import Speedup
from heptune.schemas.speedup import SpeedupRecord


class SpeedupsAtWork:
    """Puts speed-ups to work one after the other; all end with the block.

    Args:
        without: Names of those that are left out.
    """

    def __init__(self, without: Collection[str]) -> None:
        self._without = without
        self._effects = ExitStack()
        self._records: list[SpeedupRecord] = []

    def __enter__(self) -> "SpeedupsAtWork":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._effects.__exit__(kind, error, trace)

    @property
    def records(self) -> tuple[SpeedupRecord, ...]:
        """What was taken, and why the others were not."""
        return tuple(self._records)

    def take(self, speedup: Speedup) -> bool:
        """Put it to work where it applies and is not left out; return whether it is."""
        why_not = _("as given") if self.leaves_out(speedup.name) else speedup.why_not()
        if why_not is None:
            self._effects.enter_context(speedup.at_work())
        self.note(speedup.name, why_not)
        return why_not is None

    def leaves_out(self, name: str) -> bool:
        """Return whether it is to be left out."""
        return name in self._without

    def note(self, name: str, why_not: Sentence | None) -> None:
        """Record one that is put to work elsewhere, with the reason where it is not."""
        self._records.append(SpeedupRecord(name=name, used=why_not is None, why_not=why_not))
