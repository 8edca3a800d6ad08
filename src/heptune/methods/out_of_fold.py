"""Probabilities of each row by a cheap model that did not learn from it."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from heptune.data.splits import folds
from heptune.evaluation.intervals import wilson
from heptune.methods.tfidf import fit_tfidf
from heptune.runtimes.tfidf_runtime import TfidfRuntime


def out_of_fold_probabilities(
    texts: Sequence[str],
    classes: npt.NDArray[np.int32],
    groups: npt.NDArray[np.integer],
    *,
    class_count: int,
    least_accuracy: float = 0.0,
    seed: int = 0,
    poll: Callable[[], None] = lambda: None,
) -> npt.NDArray[np.float64]:
    """Return probabilities `[n, C]` of TF-IDF with logistic regression, by cross-validation.

    They are no numbers for a row without which there are not two classes to learn, and for those that were left out.

    Args:
        texts: All rows.
        classes: Their inner class ids `[n]`.
        groups: Rows of one group are judged by the same model, which learnt from none of them `[n]`.
        class_count: C.
        least_accuracy: Where a fold shows that the accuracy is lower, the others are left out.
        seed: Decides the folds.
        poll: Called between the folds; raises where the user asked to stop.
    """
    probabilities = np.full((len(texts), class_count), np.nan)
    for judged in folds(classes.astype(np.int64), groups, seed=seed):
        poll()
        learnt = np.setdiff1d(np.arange(len(texts)), judged)
        if not len(judged) or len(np.unique(classes[learnt])) < 2:
            continue
        model = fit_tfidf([texts[row] for row in learnt], classes[learnt], class_count=class_count)
        probabilities[judged] = TfidfRuntime(model).score([texts[row] for row in judged]).probabilities
        right = int(np.sum(probabilities[judged].argmax(axis=1) == classes[judged]))
        if (wilson(right, len(judged)).high or 1.0) < least_accuracy:
            break
    return probabilities
