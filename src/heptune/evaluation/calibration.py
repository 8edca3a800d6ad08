"""Whether a probability of 0.8 is right in eight of ten cases."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes


@dataclass(frozen=True, slots=True)
class ReliabilityBins:
    """The rows grouped by their highest probability, in ascending order; a bin may be empty.

    Attributes:
        rows: Rows in each bin, int64 `[bins]`.
        confidence: Sum of the highest probabilities of each bin, `[bins]`.
        correct: Rows of each bin whose prediction is right, `[bins]`.
    """

    rows: NDArray[np.int64]
    confidence: NDArray[np.float64]
    correct: NDArray[np.float64]


def reliability_bins(
    labels: IntArray, probabilities: FloatArray, *, bins: int = 15, equal: Literal["mass", "width"] = "mass"
) -> ReliabilityBins:
    """Group the rows by their highest probability.

    Rows with equal probabilities stay together, so that the order of the rows does not matter.

    Args:
        labels: True classes, int `[n]`.
        probabilities: `[n, C]`.
        bins: Number of bins.
        equal: What the bins have in common: the number of their rows, or the width of their range.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = predicted_classes(probabilities) == labels
    shares = np.linspace(0, 1, bins + 1)[1:-1]
    inner_edges = shares if equal == "width" else np.quantile(confidence, shares, method="inverted_cdf")
    bin_of_row = np.searchsorted(inner_edges, confidence, side="left")
    return ReliabilityBins(
        rows=np.bincount(bin_of_row, minlength=bins),
        confidence=np.bincount(bin_of_row, confidence, bins).astype(np.float64),
        correct=np.bincount(bin_of_row, correct, bins).astype(np.float64),
    )


def brier_score(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean over rows of the squared distance of the probabilities to the truth, 0 to 2.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability".
    """
    truth = np.eye(probabilities.shape[1])[labels]
    return float(np.square(probabilities - truth).sum(axis=1).mean())


def expected_calibration_error(
    labels: IntArray, probabilities: FloatArray, *, bins: int = 15, equal: Literal["mass", "width"] = "mass"
) -> float:
    """Average, over the bins weighted by their rows, the gap between mean highest probability and accuracy.

    Sources: Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning"; for
    the highest probability of a network Guo et al. (2017), "On calibration of modern neural networks"; for bins of
    equal mass Nguyen and O'Connor (2015), "Posterior calibration and exploratory analysis for NLP models".

    Returns:
        A number in 0..1. It is biased upwards where bins hold few rows, which is why it comes without an interval.
    """
    grouped = reliability_bins(labels, probabilities, bins=bins, equal=equal)
    return float(np.abs(grouped.confidence - grouped.correct).sum() / len(labels))
