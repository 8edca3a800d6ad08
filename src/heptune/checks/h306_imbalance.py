"""H306: classes with hardly any rows, or with many times the rows of another."""

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.rows import CheckedRows
from heptune.i18n import _
from heptune.schemas.finding import Example

# With fewer rows to learn from, a class is hardly learnt.
FEWEST = 10
# A class with this many times the rows of another one outweighs it.
LARGEST_RATIO = 20


def find_imbalance(rows: CheckedRows) -> Answer:
    """Count the classes that have few rows to learn from, or few beside the largest one."""
    counts = np.bincount(rows.classes[rows.is_learnt], minlength=len(rows.labels))
    few = counts < max(FEWEST, counts.max() / LARGEST_RATIO)
    if not few.any():
        return PASSED
    smallest = [number for number in np.argsort(counts, kind="stable") if few[number]]
    return Found(
        count=len(smallest),
        summary=_(
            "{count:,} of {classes:,} classes have few rows: the smallest {fewest:,}, the largest {most:,}",
            count=len(smallest),
            classes=len(rows.labels),
            fewest=int(counts.min()),
            most=int(counts.max()),
        ),
        remedy=_("Label more rows of these classes, or join them with others; look at macro_f1, not at accuracy."),
        examples=tuple(
            Example(text=rows.labels[number], detail=_("{rows:,} rows to learn from", rows=int(counts[number])))
            for number in smallest
        ),
    )


CHECK = Check("H306", "imbalance", "warning", find_imbalance)
