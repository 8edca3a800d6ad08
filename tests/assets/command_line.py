"""The command line as a user types it: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEP_NAMES = ("goal", "sources", "dataset", "tokens", "model", "evaluation", "training")
STEP_FILES = tuple(f"{number}_{name}.json" for number, name in enumerate(STEP_NAMES, 1))


@dataclass(frozen=True)
class Outcome:
    """What a call left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value that it has to be."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error that standard output tells, and nothing else."""
        assert list(self.json) == ["error"]
        return self.json["error"]


def start(
    *arguments: object, environment: Mapping[str, str] | None = None, program: str = "", **options: Any
) -> subprocess.Popen[str]:
    """Start `heptune` in a process of its own; it is given one thread, as the cores are busy with tests.

    Args:
        arguments: What the user types behind `heptune`.
        environment: Variables to set; an empty one is taken away.
        program: Python code to start in its place; it gets the arguments.
        options: Of `Popen`.
    """
    beginning = ["-c", program] if program else ["-m", "heptune"]
    command = [sys.executable, *beginning, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    variables = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    variables = {name: value for name, value in variables.items() if value}
    return subprocess.Popen(command, env=variables, text=True, encoding="utf-8", **(pipes | options))


def finish(process: subprocess.Popen[str], *, timeout: float = 120) -> Outcome:
    """Wait for the process and return what it left."""
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        process.kill()
    return Outcome(process.returncode, out, err)


def call(*arguments: object, environment: Mapping[str, str] | None = None, **options: Any) -> Outcome:
    """Run `heptune` in a process of its own."""
    return finish(start(*arguments, environment=environment, **options))


def step_files(folder: Path) -> list[str]:
    """Return the names of the step files that lie in a run folder."""
    return sorted(path.name for path in folder.glob("[1-7]_*.json"))


def events(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the events of one name in a run folder, oldest first."""
    path = folder / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [event for event in map(json.loads, lines) if event["event"] == name]


def reused(folder: Path) -> dict[str, bool]:
    """Return for each step whether its last call took the earlier result."""
    return {event["name"]: event["reused"] for event in events(folder, "step_finished")}


def changes(folder: Path) -> dict[str, list[str]]:
    """Return for each step what its last call said to have changed."""
    return {event["name"]: event["changed"] for event in events(folder, "step_finished")}


def leftovers(folder: Path) -> list[str]:
    """Return what half-written artifacts are called, anywhere below a folder."""
    return sorted(path.name for path in folder.rglob(".*.tmp-*"))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the content of every artifact in a run folder; the stream of events grows and does not count."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    content = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {name: data for name, data in content.items() if name != "events.jsonl" and not name.startswith(".lock")}
