"""H601: labels that are probably wrong."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found, NotApplicable, Skipped
from heptune.checks.rows import CheckedRows
from heptune.data.splits import FOLDS
from heptune.evaluation.confident_learning import find_label_noise
from heptune.i18n import _
from heptune.methods.out_of_fold import out_of_fold_probabilities
from heptune.schemas.finding import Example

# Of more rows a random part is looked at.
MOST_ROWS = 50_000
# A cheap model that names fewer labels rightly is no judge: of clean labels of tweets, of which it names 65 %, it would
# call 28 % wrong, of film reviews (78 %) 14 %, of Chinese reviews (87 %) 5 %, of bank questions (97 %) 0.4 %.
LEAST_ACCURACY = 0.85
# A run looks at so many, and at so many rows times labels, by itself.
FEW_ROWS, FEW_PRODUCTS = 2_000, 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """Rows whose label is probably wrong, the most suspect first.

    Attributes:
        looked_at: Rows that were looked at.
        accuracy: Share of their labels that the models name.
        share: Estimated share of wrong labels among them.
        rows: int64 `[k]`.
        suggestions: Class that each probably belongs to, int64 `[k]`.
    """

    looked_at: int
    accuracy: float
    share: float
    rows: npt.NDArray[np.int64]
    suggestions: npt.NDArray[np.int64]


def find_suspects(rows: CheckedRows) -> Suspects:
    """Let models judge rows that they did not learn from; rows of classes with too few rows are not judged."""
    counts = np.bincount(rows.classes, minlength=len(rows.labels))
    judged = np.flatnonzero(counts[rows.classes] >= FOLDS)
    if len(judged) > MOST_ROWS:
        judged = np.sort(np.random.default_rng(0).permutation(judged)[:MOST_ROWS])
    probabilities = out_of_fold_probabilities(
        rows.texts_of(judged),
        rows.classes[judged],
        rows.near.groups[judged],
        class_count=len(rows.labels),
        least_accuracy=LEAST_ACCURACY,
        poll=rows.poll,
    )
    known = ~np.isnan(probabilities).any(axis=1)
    judged, probabilities = judged[known], probabilities[known]
    if not len(judged):
        return Suspects(0, 0.0, 0.0, judged, judged)
    noise = find_label_noise(rows.classes[judged], probabilities)
    accuracy = float(np.mean(probabilities.argmax(axis=1) == rows.classes[judged]))
    return Suspects(len(judged), accuracy, noise.share, judged[noise.suspects], noise.suggestions)


def find_suspect_labels(rows: CheckedRows) -> Answer:
    """Count the rows whose label is probably wrong."""
    return answer_of(rows, find_suspects(rows))


def answer_of(rows: CheckedRows, suspects: Suspects) -> Answer:
    """Say what the suspects come to: nothing where too little can be known of them."""
    if not suspects.looked_at:
        return NotApplicable(_("it takes two labels with at least {rows} rows each", rows=FOLDS))
    if suspects.accuracy < LEAST_ACCURACY:
        return NotApplicable(
            _(
                "TF-IDF names {accuracy:.0%} of the labels, which is too few to doubt the others (it takes "
                "{least:.0%})",
                accuracy=suspects.accuracy,
                least=LEAST_ACCURACY,
            )
        )
    if not len(suspects.rows):
        return PASSED
    return Found(
        count=len(suspects.rows),
        of=suspects.looked_at,
        summary=_(
            "{count:,} of {of:,} labels are suspect; about {share:.1%} of all labels are estimated to be wrong",
            count=len(suspects.rows),
            of=suspects.looked_at,
            share=suspects.share,
        ),
        remedy=_(
            "Look at them, the most suspect first: heptune check DATA --review FILE lists them. A cheap model names "
            "them, and it may be wrong itself."
        ),
        examples=tuple(
            _example(rows, int(row), int(label))
            for row, label in zip(suspects.rows[:EXAMPLES_SHOWN], suspects.suggestions[:EXAMPLES_SHOWN], strict=True)
        ),
    )


def skip_or_find(rows: CheckedRows) -> Answer:
    """Look where that takes seconds; a run leaves it out where it would take longer."""
    if len(rows) > FEW_ROWS or len(rows) * len(rows.labels) > FEW_PRODUCTS:
        return Skipped(_("heptune check DATA makes this one; it takes minutes"))
    return find_suspect_labels(rows)


def _example(rows: CheckedRows, row: int, suggestion: int) -> Example:
    labels = {"label": rows.labels[rows.classes[row]], "suggestion": rows.labels[suggestion]}
    return rows.example(np.array([row]), _("labelled {label}, rather {suggestion}", **labels))


CHECK = Check("H601", "label_noise", "note", find_suspect_labels)
IN_RUN = Check("H601", "label_noise", "note", skip_or_find)
