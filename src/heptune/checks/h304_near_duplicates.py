"""H304: texts that are nearly the same."""

import numpy as np

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found
from heptune.checks.grouping import repeats
from heptune.checks.rows import CheckedRows
from heptune.i18n import _
from heptune.schemas.finding import Example


def find_near_duplicates(rows: CheckedRows) -> Answer:
    """Count the rows that are nearly an earlier one to learn from, and not the same but for case and white space."""
    groups = rows.near.groups
    learnt = repeats(groups, rows.is_learnt) & ~repeats(rows.equal, rows.is_learnt)
    tested = rows.is_test & np.isin(groups, groups[rows.is_learnt]) & ~np.isin(rows.equal, rows.equal[rows.is_learnt])
    found = np.flatnonzero(learnt | tested)
    if not len(found):
        return PASSED
    return Found(
        count=len(found),
        of=len(rows),
        summary=_(
            "{learnt:,} rows to learn from are nearly an earlier one, {tested:,} test rows nearly one to learn from",
            learnt=int(learnt.sum()),
            tested=int(tested.sum()),
        )
        if rows.is_test.any()
        else _("{count:,} rows are nearly an earlier one", count=len(found)),
        remedy=_("Splits keep them together. Where they come from a template, more of them teach little."),
        examples=tuple(_pair(rows, int(row), int(rows.near.twins[row])) for row in found[:EXAMPLES_SHOWN]),
    )


def _pair(rows: CheckedRows, row: int, twin: int) -> Example:
    return rows.example(np.array([twin, row]), _("and: {text}", text=rows.shown(row)))


CHECK = Check("H304", "near_duplicates", "note", find_near_duplicates)
