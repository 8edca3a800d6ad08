"""One number that makes probabilities honest: the temperature by which logits are divided.

Source: Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks".
"""

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.metrics import row_losses
from heptune.evaluation.predictions import FloatArray, IntArray

# Beyond these the rows leave it open: everything is right, or nothing has to do with anything.
LOWEST, HIGHEST = 0.1, 10.0
# 95 % of the chi-square distribution with one degree of freedom.
CHI_SQUARE = 3.841


def fit_temperature(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the temperature with the least log loss on these rows.

    Args:
        labels: True classes of rows that the model did not learn from, int `[n]`.
        probabilities: `[n, C]`.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return float(row_losses(labels, with_temperature(probabilities, float(np.exp(log_temperature)))).mean())

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def is_needed(labels: IntArray, probabilities: FloatArray, temperature: float) -> bool:
    """Return whether the rows show that a temperature other than 1 is needed, by the likelihood ratio at 5 %.

    Few rows give a temperature that is off by chance, and does harm where none is needed. Source: Wilks (1938), "The
    large-sample distribution of the likelihood ratio for testing composite hypotheses".
    """
    before, after = row_losses(labels, probabilities), row_losses(labels, with_temperature(probabilities, temperature))
    return bool(2 * (before - after).sum() > CHI_SQUARE)


def with_temperature(probabilities: FloatArray, temperature: float) -> NDArray[np.float64]:
    """Return the probabilities `[n, C]` of logits that are divided by a temperature.

    A probability of exactly 0 stays one: no logit is known for it.
    """
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(probabilities, dtype=np.float64)) / temperature
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    scaled: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return scaled
