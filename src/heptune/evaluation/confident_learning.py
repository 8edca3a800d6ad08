"""Which labels are probably wrong, by probabilities that were found without them.

Source: Northcutt, Jiang and Chuang (2021), "Confident learning: estimating uncertainty in dataset labels".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.predictions import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class LabelNoise:
    """What the probabilities say of the labels.

    Attributes:
        share: Estimated share of wrong labels among all.
        suspects: Rows whose label is probably wrong, the most suspect first, int64 `[k]`.
        suggestions: Class that each suspect probably belongs to, int64 `[k]`.
    """

    share: float
    suspects: NDArray[np.int64]
    suggestions: NDArray[np.int64]


def find_label_noise(labels: IntArray, probabilities: FloatArray) -> LabelNoise:
    """Compare labels with probabilities.

    A class is believed of a row where its probability reaches the mean that it has among the rows so labelled; of
    several that one with the highest probability. A row is suspect where the class believed is not its label.

    Args:
        labels: As given, int `[n]`.
        probabilities: Of models that did not learn from the row that they judge, `[n, C]`.
    """
    class_count = probabilities.shape[1]
    counts = np.bincount(labels, minlength=class_count)
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    sums = np.bincount(labels, weights=own, minlength=class_count)
    thresholds = np.divide(sums, counts, out=np.full(class_count, np.inf), where=counts > 0)
    reached = np.where(probabilities >= thresholds, probabilities, -1.0)
    believed = reached.argmax(axis=1)
    is_believed = reached[rows, believed] >= 0
    joint = np.zeros((class_count, class_count))
    np.add.at(joint, (labels[is_believed], believed[is_believed]), 1)
    # A class of whose rows nothing is believed keeps its labels.
    seen = joint.sum(axis=1)
    joint[np.diag_indices(class_count)] += seen == 0
    wrong = 1 - joint.diagonal() / joint.sum(axis=1)
    is_suspect = is_believed & (believed != labels)
    suspects = np.flatnonzero(is_suspect)
    order = np.argsort(own[suspects] - probabilities[suspects, believed[suspects]], kind="stable")
    return LabelNoise(float((wrong * counts).sum() / len(labels)), suspects[order], believed[suspects[order]])
