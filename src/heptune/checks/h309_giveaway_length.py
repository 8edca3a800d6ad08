"""H309: the length of a text gives its label away."""

import numpy as np

from heptune.checks.check import PASSED, Answer, Check, Found
from heptune.checks.giveaway import LEAST_SKILL, skill
from heptune.checks.rows import CheckedRows
from heptune.i18n import _
from heptune.schemas.finding import Example


def find_giveaway_length(rows: CheckedRows) -> Answer:
    """See how well a small decision tree names the label by the number of characters alone."""
    lengths = np.fromiter(map(len, rows.each_text()), dtype=np.int64, count=len(rows))
    told = skill(lengths[rows.is_learnt], rows.classes[rows.is_learnt])
    if told < LEAST_SKILL:
        return PASSED
    return Found(
        count=1,
        summary=_("the length of the text alone avoids {share:.0%} of the errors of guessing", share=told),
        remedy=_("See whether the classes come from different places, or some of the texts were cut."),
        examples=tuple(
            Example(
                text=label,
                detail=_(
                    "half of its texts have {low:,} to {high:,} characters",
                    low=int(quartiles[0]),
                    high=int(quartiles[1]),
                ),
            )
            for number, label in enumerate(rows.labels)
            if len(own := lengths[rows.is_learnt & (rows.classes == number)])
            for quartiles in [np.quantile(own, [0.25, 0.75])]
        ),
    )


CHECK = Check("H309", "giveaway_length", "warning", find_giveaway_length)
