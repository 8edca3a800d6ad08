"""What contestants get and give: a model folder, labelled texts, and figures on standard output."""

import argparse
import json
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn


@dataclass(frozen=True)
class Work:
    """The same for every contestant of a workload."""

    model: Path
    texts: list[str]
    labels: list[int]
    batch_size: int

    @property
    def classes(self) -> int:
        """How many labels there are."""
        return max(self.labels) + 1


def read_work(description: str) -> Work:
    """Read the command line: a model folder, a JSON Lines file with `text` and `label`, rows, and a batch size."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--batch-size", type=int, default=32)
    options = parser.parse_args()
    with options.texts.open(encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["text"].strip()][: options.rows]
    return Work(options.model, [row["text"] for row in rows], [int(row["label"]) for row in rows], options.batch_size)


def peak_mib() -> float:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def give(**figures: float | str | None) -> None:
    """Print what was measured."""
    print(json.dumps(figures))


def decline(reason: str) -> NoReturn:
    """Print why there is nothing to measure here, and end."""
    print(json.dumps({"declined": reason}))
    raise SystemExit
