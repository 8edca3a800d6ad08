"""How often each test set has been scored on this machine.

A test set that is scored again and again becomes a validation set; the count is shown so that nobody overlooks it.
"""

import json
import os
import time
from pathlib import Path

FILE = "test_scorings.jsonl"


def state_folder() -> Path:
    """Return the user's state folder for Heptune (`$XDG_STATE_HOME/heptune`, by default below `~/.local/state`)."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "heptune"


def count_test_scoring(test_sha256: str, run: str) -> int | None:
    """Note one scoring of the test rows with this digest and return how many there have been, this one included.

    Returns None where the state folder cannot be written: a read-only home, or none, must not stop a run.
    """
    line = json.dumps({"time": round(time.time(), 3), "test_sha256": test_sha256, "run": run})
    try:
        path = state_folder() / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
    except (OSError, RuntimeError):  # the latter from a user without a home
        return None
    return scorings_so_far(test_sha256)


def scorings_so_far(test_sha256: str) -> int | None:
    """Return how often the test rows with this digest have been scored; None where nothing is known of it."""
    try:
        with (state_folder() / FILE).open(encoding="utf-8", errors="replace") as stream:
            return sum(1 for row in stream if f'"{test_sha256}"' in row) or None
    except (OSError, RuntimeError):
        return None
