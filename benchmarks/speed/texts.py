"""Texts to see by how cost grows: as many rows, tokens or labels as are asked for, from real tweets."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

# Words so common that both tokenizers know each as one token.
COMMON_WORDS = 80
CHANGED_SHARE = 0.25

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Return text and label of the rows that have a text."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [{"text": row["text"], "label": row["label"]} for row in rows if row["text"].strip()]


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write JSON lines and return where to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def repeated(rows: Sequence[Row], count: int) -> Iterator[Row]:
    """Give `count` rows: first all of `rows`, then the same with words changed, so that no text comes twice.

    A changed word is drawn from all words of the texts, so that common ones stay common.
    """
    words = [word for row in rows for word in row["text"].split()]
    yield from islice(rows, count)
    for number in range(len(rows), count):
        row = rows[number % len(rows)]
        yield row | {"text": _change(row["text"], words, random.Random(number))}


def of_length(rows: Sequence[Row], words: int, count: int) -> Iterator[Row]:
    """Give `count` texts of so many words, each word one token."""
    known = common_words(rows)
    for number in range(count):
        draw = random.Random(number)
        yield {"text": " ".join(draw.choices(known, k=words)), "label": rows[number % len(rows)]["label"]}


def with_labels(rows: Sequence[Row], labels: int, count: int) -> Iterator[Row]:
    """Give `count` texts with labels from 0 that take turns."""
    for number, row in enumerate(islice(rows, count)):
        yield row | {"label": number % labels}


def common_words(rows: Sequence[Row]) -> list[str]:
    """Return the most common words of ASCII letters in lower case."""
    counts = Counter(word for row in rows for word in row["text"].split())
    plain = (word for word, _count in counts.most_common() if word.isascii() and word.isalpha() and word.islower())
    return list(islice(plain, COMMON_WORDS))


def _change(text: str, words: Sequence[str], draw: random.Random) -> str:
    parts = text.split()
    surely = draw.randrange(len(parts))
    return " ".join(
        draw.choice(words) if place == surely or draw.random() < CHANGED_SHARE else part
        for place, part in enumerate(parts)
    )
