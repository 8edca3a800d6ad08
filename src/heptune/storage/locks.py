"""One writer per run folder."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heptune.errors import RunFolderInUseError
from heptune.i18n import _
from heptune.storage.artifacts import translated_write_errors

LOCK_FILE = ".lock"
HOLDER_FILE = ".lock-holder.json"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock for the block. The operating system frees it when the process dies, however it dies.

    Raises:
        RunFolderInUseError: another process holds it; the message names it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_FILE, timeout=0)
    with translated_write_errors(folder):
        try:
            lock.acquire()
        except Timeout as error:  # itself an OSError
            raise _in_use(folder) from error
    try:
        with translated_write_errors(folder):
            holder = {"pid": os.getpid(), "host": socket.gethostname()}
            (folder / HOLDER_FILE).write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        (folder / HOLDER_FILE).unlink(missing_ok=True)
        lock.release()


def _in_use(folder: Path) -> RunFolderInUseError:
    return RunFolderInUseError(
        _("Another process is working in this run folder."),
        code="run_folder_in_use",
        where=str(folder),
        found=_holder(folder),
        remedy=_("Wait until it has finished, stop it, or choose another place with --out FOLDER."),
    )


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER_FILE).read_text(encoding="utf-8"))
        return _("process {pid} on {host}", pid=holder["pid"], host=holder["host"])
    except (OSError, ValueError, KeyError, TypeError):
        return _("a process that did not leave its name")
