"""Made-up messages: labelled by one telling word each, so that a tiny model learns them in a second."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

TELLING = {"bad": ("bad", "awful", "broken", "sad"), "good": ("good", "great", "love", "happy")}
FILLING = [
    "the",
    "parcel",
    "phone",
    "order",
    "door",
    "price",
    "is",
    "was",
    "it",
    "a",
    "very",
    "my",
    "today",
    "just",
    "again",
    "really",
    "still",
    "and",
    "we",
]

Rows = list[tuple[str, str]]


def messages(count: int, *, seed: int = 0, wrong: float = 0.0) -> Rows:
    """Return texts with their labels, no text twice.

    Args:
        count: How many; classes take turns.
        seed: Of the words.
        wrong: Share of the labels that are turned around.
    """
    generator = np.random.default_rng(seed)
    rows: dict[str, str] = {}
    while len(rows) < count:
        label = ("bad", "good")[len(rows) % 2]
        words = [*generator.choice(FILLING, size=generator.integers(3, 9)), generator.choice(TELLING[label])]
        shown = label if generator.random() >= wrong else {"bad": "good", "good": "bad"}[label]
        rows.setdefault(" ".join(generator.permutation(words)), shown)
    return list(rows.items())


def write_csv(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = ("text", "label")) -> Path:
    """Write rows as CSV, UTF-8, as a spreadsheet would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return path


def write_json_lines(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """Write objects, one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
