"""The confusion matrix, and the rates of each class that follow from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.predictions import IntArray


@dataclass(frozen=True, slots=True)
class ClassRates:
    """The rates of each class; NaN where a rate is not defined.

    Attributes:
        support: Rows of the class, int64 `[C]`.
        predicted: Rows predicted as the class, int64 `[C]`.
        hits: Rows of the class predicted as such, int64 `[C]`.
        precision: hits / predicted, `[C]`.
        recall: hits / support, `[C]`.
        f1: 2 hits / (support + predicted), `[C]`; NaN only where a class has no row and is never predicted.
    """

    support: NDArray[np.int64]
    predicted: NDArray[np.int64]
    hits: NDArray[np.int64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


def confusion_matrix(labels: IntArray, predictions: IntArray, class_count: int) -> NDArray[np.int64]:
    """Count the rows by true class (rows) and predicted class (columns), int64 `[C, C]`."""
    # A narrow integer type would overflow in the product.
    cells = labels.astype(np.int64) * class_count + predictions
    return np.bincount(cells, minlength=class_count**2).reshape(class_count, class_count)


def class_rates(confusion: NDArray[np.int64]) -> ClassRates:
    """Compute precision, recall and F1 of each class from a confusion matrix `[C, C]`."""
    support, predicted, hits = confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal()
    with np.errstate(invalid="ignore"):
        return ClassRates(
            support=support,
            predicted=predicted,
            hits=hits,
            precision=hits / predicted,
            recall=hits / support,
            f1=2 * hits / (support + predicted),
        )


def macro_mean(f1: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average F1 `[..., C]` over the classes that have a row or a prediction: macro-F1 `[...]`.

    The others (NaN) are left out, for nothing was seen of them; scikit-learn's `f1_score(average="macro")` agrees when
    it is not told the classes. A class that is predicted without having a row counts, with an F1 of 0.
    """
    mean: NDArray[np.float64] = np.nanmean(f1, axis=-1)
    return mean
