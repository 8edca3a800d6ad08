"""H302: test rows that also stand in the rows to learn from."""

import numpy as np

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found, NotApplicable
from heptune.checks.rows import CheckedRows
from heptune.i18n import Sentence, _


def find_split_leakage(rows: CheckedRows) -> Answer:
    """Count the test rows whose text was learnt from, but for case and white space."""
    if not rows.is_test.any():
        return NotApplicable(_("the data bring no test rows of their own"))
    learnt = np.flatnonzero(rows.is_learnt)
    groups, first = np.unique(rows.equal[learnt], return_index=True)
    shared = np.flatnonzero(rows.is_test & np.isin(rows.equal, groups))
    if not len(shared):
        return PASSED
    twins = learnt[first[np.searchsorted(groups, rows.equal[shared])]]
    count, of, other = len(shared), int(rows.is_test.sum()), int(np.sum(rows.classes[shared] != rows.classes[twins]))
    return Found(
        count=count,
        of=of,
        summary=_("{count:,} of {of:,} test rows also stand in the rows to learn from", count=count, of=of)
        if not other
        else _(
            "{count:,} of {of:,} test rows also stand in the rows to learn from, {other:,} of them with another label",
            count=count,
            of=of,
            other=other,
        ),
        remedy=_("--set dataset.leakage=drop leaves such rows out of those to learn from."),
        examples=tuple(
            rows.example(np.array([row, twin]), _labels(rows, row, twin))
            for row, twin in zip(shared[:EXAMPLES_SHOWN].tolist(), twins[:EXAMPLES_SHOWN].tolist(), strict=True)
        ),
    )


def _labels(rows: CheckedRows, row: int, twin: int) -> Sentence:
    return _(
        "{label} to test on, {other} to learn from",
        label=rows.labels[rows.classes[row]],
        other=rows.labels[rows.classes[twin]],
    )


CHECK = Check("H302", "split_leakage", "serious", find_split_leakage)
