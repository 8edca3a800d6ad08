"""The one stream of what happens in a run: appended to events.jsonl, and handed to whoever listens in the process."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from heptune.errors import HeptuneError, ResourceError
from heptune.i18n import _
from heptune.storage.artifacts import translated_write_errors


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        name: `step_started`, `step_finished`, `notice`, `warning`, `download`, `progress`, `epoch`; a run ends with
            `run_finished` or `run_failed`.
        fields: JSON-able details.
        time: Seconds since the epoch.
    """

    name: str
    fields: dict[str, object] = field(default_factory=dict)
    time: float = field(default_factory=time.time)


Listener = Callable[[Event], None]


class EventLog:
    """Appends events to a file, one JSON object a line, and passes them on.

    Args:
        path: The file; its folder exists.
        listeners: Called with every event, in order, in this thread.
    """

    def __init__(self, path: Path, listeners: tuple[Listener, ...] = ()) -> None:
        self._path = path
        self._listeners = listeners
        _end_last_line(path)

    def emit(self, name: str, /, **fields: object) -> None:
        """Record one event."""
        event = Event(name, fields)
        line = json.dumps({"time": round(event.time, 3), "event": name, **fields}, ensure_ascii=False)
        with translated_write_errors(self._path), self._path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(line + "\n")
        for listener in self._listeners:
            listener(event)


@contextmanager
def ending_told(events: EventLog) -> Iterator[None]:
    """Record how the block ends: `run_finished`, or `run_failed` with code and message.

    A stream without either is that of a run at work, or of one that was killed.
    """
    name, fields = "run_failed", {"code": "internal_error", "message": _("an error that Heptune did not expect")}
    try:
        yield
        name, fields = "run_finished", {}
    except HeptuneError as error:
        fields = {"code": error.code, "message": error.message}
        raise
    finally:
        with suppress(ResourceError):  # a full disk may be what ended the run
            events.emit(name, **fields)


def _end_last_line(path: Path) -> None:
    """End the line that a killed process or a full disk left open, so that the next event stands on its own."""
    if not path.exists():
        return
    with translated_write_errors(path), path.open("rb+") as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) != b"\n":
            stream.write(b"\n")
