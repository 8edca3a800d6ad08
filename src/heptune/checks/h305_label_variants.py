"""H305: label names that look like one name written in two ways."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.rows import CheckedRows
from heptune.data.duplicates.folding import name_of_label
from heptune.i18n import _
from heptune.schemas.finding import Example

# Shorter names that differ by a letter are other words: "cat" and "car".
SHORTEST = 5


def find_label_variants(rows: CheckedRows) -> Answer:
    """Count the pairs of labels that differ by case, by spaces and the like, or by a letter."""
    counts = np.bincount(rows.classes, minlength=len(rows.labels))
    present = [number for number in range(len(rows.labels)) if counts[number]]
    pairs = list(_variants([rows.labels[number] for number in present]))
    if not pairs:
        return PASSED
    return Found(
        count=len(pairs),
        summary=_("{count:,} pairs of labels look like one name written in two ways", count=len(pairs)),
        remedy=_("Write them alike, where they mean the same; --fix FOLDER does so unless they differ by a letter."),
        examples=tuple(
            Example(
                text=f"{rows.labels[present[one]]} / {rows.labels[present[other]]}",
                detail=_(
                    "{one:,} and {other:,} rows", one=int(counts[present[one]]), other=int(counts[present[other]])
                ),
            )
            for one, other in pairs
        ),
    )


def _variants(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    folded = [name_of_label(name) for name in names]
    for one, other in combinations(range(len(names)), 2):
        if folded[one] == folded[other] or _differ_by_a_letter(folded[one], folded[other]):
            yield one, other


def _differ_by_a_letter(one: str, other: str) -> bool:
    """Return whether one letter replaced, left out, or exchanged with its neighbour makes one name of the other."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < SHORTEST or len(longer) - len(shorter) > 1:
        return False
    start = next((place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter))
    rest, longer_rest = shorter[start:], longer[start:]
    if any(part[:1].isdigit() for part in (rest, longer_rest)):  # "level 1" and "level 2"
        return False
    if len(shorter) < len(longer):
        return rest == longer_rest[1:]
    exchanged = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == longer_rest[1:] or exchanged == longer_rest


CHECK = Check("H305", "label_variants", "warning", find_label_variants)
