"""H301: rows to learn from that repeat an earlier one."""

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.grouping import largest, repeats
from heptune.checks.rows import CheckedRows
from heptune.i18n import _


def find_duplicates(rows: CheckedRows) -> Answer:
    """Count the rows to learn from whose text stands in an earlier one, but for case and white space."""
    again = repeats(rows.equal, rows.is_learnt)
    count, of = int(again.sum()), int(rows.is_learnt.sum())
    if not count:
        return PASSED
    return Found(
        count=count,
        of=of,
        summary=_(
            "{count:,} of {of:,} rows to learn from repeat an earlier one but for case and spaces", count=count, of=of
        ),
        remedy=_("heptune check DATA --fix FOLDER keeps the first of each; it may matter how often a text comes."),
        examples=tuple(rows.example(members) for members in largest(rows.equal, again, rows.is_learnt)),
    )


CHECK = Check("H301", "duplicates", "warning", find_duplicates)
