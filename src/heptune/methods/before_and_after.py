"""Whether mended rows teach more: a cheap model learns from both, and is asked the same."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from heptune.data.splits import folds
from heptune.evaluation.intervals import wilson
from heptune.evaluation.significance import compare_accuracy
from heptune.methods.tfidf import fit_tfidf
from heptune.runtimes.tfidf_runtime import TfidfRuntime
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison


def compare_before_and_after(
    texts: Sequence[str],
    before: npt.NDArray[np.int32],
    after: npt.NDArray[np.int32],
    kept: npt.NDArray[np.bool_],
    groups: npt.NDArray[np.integer],
    *,
    class_count: int,
    poll: Callable[[], None] = lambda: None,
) -> tuple[Score, Score, PairedComparison]:
    """Cross-validate TF-IDF on rows as they were and as they are, both judged by the rows that stay.

    Args:
        texts: All rows.
        before: Their classes as they were `[n]`.
        after: Their classes as they are `[n]`.
        kept: Which of them stay `[n]`.
        groups: Rows of one group are judged by models that learnt from none of them `[n]`.
        class_count: C.
        poll: Called between the fits; raises where the user asked to stop.

    Returns:
        Accuracy before and after, and the difference, after minus before.
    """
    answers = np.full((2, len(texts)), -1)
    everything = np.arange(len(texts))
    for fold in folds(after.astype(np.int64), groups, seed=0):
        judged = fold[kept[fold]]
        rest = np.setdiff1d(everything, fold)
        if not len(judged):
            continue
        for number, (rows, classes) in enumerate([(rest, before), (rest[kept[rest]], after)]):
            poll()
            model = fit_tfidf([texts[row] for row in rows], classes[rows], class_count=class_count)
            scores = TfidfRuntime(model).score([texts[row] for row in judged])
            answers[number, judged] = scores.probabilities.argmax(axis=1)
    old, new = answers[:, kept]
    accuracy_before, accuracy_after = (wilson(int(np.sum(one == after[kept])), len(one)) for one in (old, new))
    return accuracy_before, accuracy_after, compare_accuracy(after[kept], new, old)
