"""Stopping on request: a signal sets a flag, long loops poll it, a second signal stops at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from heptune.errors import InterruptedRunError
from heptune.i18n import _


class Interruption:
    """Remembers the first signal that asked us to stop."""

    def __init__(self) -> None:
        self._signal: int | None = None

    def request(self, number: int, _frame: FrameType | None = None) -> None:
        """Note a signal; the second one ends the process at once, which is safe because all writes are atomic."""
        if self._signal is not None:
            os._exit(128 + number)
        self._signal = number

    def check(self) -> None:
        """Raise if we were asked to stop.

        Raises:
            InterruptedRunError: with exit code 130 after SIGINT, 143 after SIGTERM.
        """
        if self._signal is not None:
            raise InterruptedRunError(
                _("Stopped on request."),
                exit_code=128 + self._signal,
                remedy=_("Run the same command again: finished steps are not done again."),
            )


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Listen for SIGINT and SIGTERM during the block.

    Outside the main thread Python forbids it; there the block runs without listening.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, interruption.request) for number in numbers]
    try:
        yield interruption
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)
