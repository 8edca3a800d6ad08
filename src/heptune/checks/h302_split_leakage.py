"""H302: test rows that also stand in the rows to learn from."""

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found, NotApplicable
from heptune.checks.rows import CheckedRows
from heptune.i18n import Sentence, _


def find_split_leakage(rows: CheckedRows) -> Answer:
    """Count the test rows whose text was learnt from, but for case and white space."""
    if not rows.is_test.any():
        return NotApplicable(_("the data bring no test rows; the split keeps copies of a text together"))
    shared = rows.is_test & np.isin(rows.equal, rows.equal[rows.is_learnt])
    count, of = int(shared.sum()), int(rows.is_test.sum())
    if not count:
        return PASSED
    pairs = [_first_twin(rows, row) for row in np.flatnonzero(shared).tolist()]
    other = sum(rows.classes[one] != rows.classes[twin] for one, twin in pairs)
    return Found(
        count=count,
        of=of,
        summary=_("{count} of {of} test rows also stand in the rows to learn from", count=count, of=of)
        if not other
        else _(
            "{count} of {of} test rows also stand in the rows to learn from, {other} of them with another label",
            count=count,
            of=of,
            other=int(other),
        ),
        remedy=_("--set dataset.leakage=drop leaves such rows out of those to learn from."),
        examples=tuple(rows.example(np.array(pair), _labels(rows, *pair)) for pair in pairs),
    )


def _first_twin(rows: CheckedRows, row: int) -> tuple[int, int]:
    same = (rows.equal == rows.equal[row]) & rows.is_learnt
    return int(row), int(np.argmax(same))


def _labels(rows: CheckedRows, row: int, twin: int) -> Sentence:
    return _(
        "{label} to test on, {other} to learn from",
        label=rows.labels[rows.classes[row]],
        other=rows.labels[rows.classes[twin]],
    )


CHECK = Check("H302", "split_leakage", "serious", find_split_leakage)
