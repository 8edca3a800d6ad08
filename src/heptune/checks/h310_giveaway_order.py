"""H310: the place of a row gives its label away."""

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.giveaway import LEAST_SKILL, skill
from heptune.checks.rows import CheckedRows
from heptune.i18n import _


def find_giveaway_order(rows: CheckedRows) -> Answer:
    """See how well a small decision tree names the label by the row's number alone, as in files sorted by label."""
    classes = rows.classes[rows.is_learnt]
    told = skill(np.arange(len(classes)), classes)
    if told < LEAST_SKILL:
        return PASSED
    return Found(
        count=1,
        summary=_(
            "the rows are sorted by label: a row's number avoids {share:.0%} of the errors of guessing", share=told
        ),
        remedy=_(
            "Heptune draws rows at random; who splits such a file by order tests on other classes than were learnt."
        ),
    )


CHECK = Check("H310", "giveaway_order", "note", find_giveaway_order)
