"""Rows as checks see them, from plain pairs of text and label."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from heptune.checks.rows import CheckedRows

FILES = ("train.csv", "test.csv")


def rows_of(
    train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]] = (), *, left_out: int = 0
) -> CheckedRows:
    """Return rows to learn from and rows to test on; the first row of each file stands in line 2."""
    pairs = [*train, *test]
    labels = sorted({label for _text, label in pairs})
    sizes = (len(train), len(test))
    return CheckedRows(
        texts=pa.chunked_array([pa.array([text for text, _label in pairs], pa.large_string())]),
        classes=np.array([labels.index(label) for _text, label in pairs], dtype=np.int32),
        parts=np.repeat(np.array(["train", "test"]), sizes),
        files=np.repeat(np.array([0, 1], dtype=np.int16), sizes),
        positions=np.concatenate([np.arange(size) + 2 for size in sizes]),
        file_names=FILES,
        labels=labels,
        left_out=left_out,
    )


def numbered(label: str, count: int, text: str = "text") -> list[tuple[str, str]]:
    """Return rows of one label whose texts are all different."""
    words = ("river", "stone", "cloud", "letter", "garden", "window", "paper", "bridge", "winter", "copper")
    return [
        (f"{text} {words[n % 10]} {words[n // 10 % 10]} {words[n // 100 % 10]} {label}{n}", label) for n in range(count)
    ]
