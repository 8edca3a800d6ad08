"""H303: the same text with two labels."""

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.grouping import Mask, Numbers, largest
from heptune.checks.rows import CheckedRows
from heptune.i18n import Sentence, _


def find_label_conflicts(rows: CheckedRows) -> Answer:
    """Count the texts among the rows to learn from that have more than one label, but for case and white space."""
    involved = rows_with_conflicts(rows)
    if not involved.any():
        return PASSED
    return Found(
        count=len(np.unique(rows.equal[involved])),
        summary=_(
            "{count:,} texts stand with more than one label in the rows to learn from ({rows:,} rows)",
            count=len(np.unique(rows.equal[involved])),
            rows=int(involved.sum()),
        ),
        remedy=_("Decide on one label for each: heptune check DATA --review FILE lists them."),
        examples=tuple(
            rows.example(members, _labels_of(rows, members)) for members in largest(rows.equal, involved, involved)
        ),
    )


def rows_with_conflicts(rows: CheckedRows) -> Mask:
    """Return which rows to learn from have a text that stands there with another label too `[n]`."""
    learnt = np.flatnonzero(rows.is_learnt)
    pairs = np.unique(np.stack([rows.equal[learnt], rows.classes[learnt]]), axis=1)
    groups, labels = np.unique(pairs[0], return_counts=True)
    return rows.is_learnt & np.isin(rows.equal, groups[labels > 1])


def _labels_of(rows: CheckedRows, members: Numbers) -> Sentence:
    counts = np.bincount(rows.classes[members])
    listed = ", ".join(f"{rows.labels[number]} × {counts[number]}" for number in np.flatnonzero(counts).tolist())
    return _("labels: {labels}", labels=listed)


CHECK = Check("H303", "label_conflicts", "warning", find_label_conflicts)
