"""H308: a word that gives a label away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heptune.checks.check import EXAMPLES_SHOWN, PASSED, Answer, Check, Found
from heptune.checks.rows import CheckedRows
from heptune.evaluation.intervals import wilson
from heptune.i18n import _
from heptune.schemas.finding import Example

# Words, and single Chinese characters as Chinese is written without blanks.
WORD = r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+"
# In so many of the rows with the word, at the lower end of the 95 % interval, the label is the same,
LEAST_CERTAIN = 0.9
# and so many of the label's rows have the word.
LEAST_COVERED = 0.7
# A label that most rows have is guessed without any word.
LARGEST_CLASS = 0.7
FEWEST_ROWS = 10
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A word, the class that it tells, and in how many rows of that class and of all others it stands."""

    word: str
    label: int
    rows: int
    others: int


def find_giveaway_tokens(rows: CheckedRows) -> Answer:
    """Count the words that nearly all rows of a label have and hardly any other row."""
    learnt = np.flatnonzero(rows.is_learnt)
    if len(learnt) > MOST_ROWS:
        learnt = np.sort(np.random.default_rng(0).permutation(learnt)[:MOST_ROWS])
    support = np.bincount(rows.classes[learnt], minlength=len(rows.labels))
    found = _giveaways(rows.texts_of(learnt), rows.classes[learnt], support)
    if not found:
        return PASSED
    return Found(
        count=len(found),
        summary=_("{count:,} words give a label away", count=len(found)),
        remedy=_("Where a word comes from a template or an export and not from the writer, take it out of the texts."),
        examples=tuple(
            Example(
                text=one.word,
                detail=_(
                    "in {rows:,} of the {support:,} rows of {label}, and in {others:,} others",
                    rows=one.rows,
                    support=int(support[one.label]),
                    label=rows.labels[one.label],
                    others=one.others,
                ),
            )
            for one in found[:EXAMPLES_SHOWN]
        ),
    )


def _giveaways(texts: Sequence[str], classes: npt.NDArray[np.int32], support: npt.NDArray[np.int64]) -> list[Giveaway]:
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(token_pattern=WORD, binary=True, min_df=FEWEST_ROWS, dtype=np.int32)
    try:
        stands = vectorizer.fit_transform(texts)
    except ValueError:  # no word stands in so many rows
        return []
    words = vectorizer.get_feature_names_out()
    is_of = csr_array(
        (np.ones(len(classes), np.int32), (np.arange(len(classes)), classes)), (len(classes), len(support))
    )
    together = (stands.T @ is_of).tocoo()
    in_rows = np.asarray(stands.sum(axis=0)).ravel()
    found = [
        Giveaway(str(words[word]), int(label), int(count), int(in_rows[word] - count))
        for word, label, count in zip(together.row, together.col, together.data, strict=True)
        if count >= max(FEWEST_ROWS, LEAST_COVERED * support[label]) and support[label] <= LARGEST_CLASS * len(classes)
    ]
    certain = [one for one in found if (wilson(one.rows, one.rows + one.others).low or 0) >= LEAST_CERTAIN]
    return sorted(certain, key=lambda one: (-one.rows, one.word))


CHECK = Check("H308", "giveaway_token", "warning", find_giveaway_tokens)
