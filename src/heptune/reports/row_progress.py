"""How far a long job over rows is: a bar on a terminal, elsewhere a line a minute."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from heptune.i18n import _

SECONDS_BETWEEN_LINES = 60


class RowProgress:
    """Shows rows done, rows a second, and the time that is left; a context.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = self._told = time.monotonic()
        self._first: int | None = None
        self._bar = Progress(
            TextColumn("{task.fields[note]}"),
            BarColumn(bar_width=24),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, note="")

    def __enter__(self) -> "RowProgress":
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _where: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def show(self, done: int, total: int | None) -> None:
        """Show how many rows are done, of how many where that is known."""
        now = time.monotonic()
        if self._first is None:  # what an earlier call had done took no time of this one
            self._first, self._started = done, now
        rate = (done - self._first) / max(now - self._started, 1e-9)
        note = _("{done:,} rows, {rate:,.0f} a second", done=done, rate=rate)
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, total=total and max(total, done), note=note)
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            left = total and rate and max(0, total - done) / rate / 60
            rest = " · " + _("about {minutes:,.0f} min left", minutes=left) if left else ""
            self._console.print(note + rest, soft_wrap=True)
