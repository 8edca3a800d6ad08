"""A logistic regression as the last layer of a network."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from heptune.evaluation.metrics import log_loss
from heptune.methods.linear_probe.features import FloatArray
from heptune.modeling.precision import Precision
from heptune.runtimes.runtime import softmax

# Tried in this order, each beginning where the one before ended, until the log loss on validation grows.
INVERSE_REGULARIZATIONS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
# Where there are no validation rows.
DEFAULT_INVERSE_REGULARIZATION = 0.01
MOST_ITERATIONS = 1_000
# Largest entry of the gradient of the mean loss at which a fit ends; a tenth of it takes four times as long for the
# same log loss on validation (banking77).
TOLERANCE = 1e-3
# Features that vary by less than this share of their largest value hold little but the rounding of their precision.
SMALLEST_SPREAD: dict[Precision, float] = {"fp32": 1e-3, "bf16": 2e-2}


@dataclass(frozen=True, slots=True)
class Examples:
    """Features `[n, d]` of some rows, inner class ids `[n]`, and the precision in which the features were computed."""

    features: FloatArray
    classes: npt.NDArray[np.int32]
    precision: Precision


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Weights of a last layer.

    Attributes:
        weight: fp32 `[C, d]`.
        bias: fp32 `[C]`; None for a layer without one.
        inverse_regularization: scikit-learn's C, by which it was fitted.
    """

    weight: FloatArray
    bias: FloatArray | None
    inverse_regularization: float

    def probabilities(self, features: FloatArray) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` for features `[n, d]`."""
        scores = features @ self.weight.T + (0.0 if self.bias is None else self.bias)
        return softmax(scores.astype(np.float64))

    @torch.no_grad()
    def put_into(self, layer: nn.Linear) -> None:
        """Give a layer these weights."""
        layer.weight.copy_(torch.from_numpy(self.weight))
        if self.bias is not None:
            layer.bias.copy_(torch.from_numpy(self.bias))


def fit_head(
    train: Examples,
    validation: Examples | None,
    *,
    class_count: int,
    has_bias: bool,
    check: Callable[[], None],
) -> LinearHead:
    """Fit heads of several strengths of regularisation and return the one with the lowest log loss on validation.

    The fit needs 8 bytes more for each feature of each training row.

    Args:
        train: Rows to learn from.
        validation: Rows that choose; None takes the default strength.
        class_count: C; a class without training rows gets a probability near 0.
        has_bias: Whether the layer has one.
        check: Polled between the fits.
    """
    strengths = INVERSE_REGULARIZATIONS if validation else (DEFAULT_INVERSE_REGULARIZATION,)
    best, lowest = None, np.inf
    for head in _fitted_heads(train, strengths, class_count, has_bias=has_bias):
        check()
        loss = log_loss(validation.classes, head.probabilities(validation.features)) if validation else 0.0
        if loss >= lowest:
            break
        best, lowest = head, loss
    assert best is not None  # noqa: S101 - a loss is finite
    return best


def _fitted_heads(
    train: Examples, strengths: tuple[float, ...], class_count: int, *, has_bias: bool
) -> Iterator[LinearHead]:
    """Yield a head for each strength, in order."""
    shift, scale, features = _standardised(train, centred=has_bias)
    # scikit-learn knows the classes that it is given rows of: one of no weight for each that has none.
    absent = np.setdiff1d(np.arange(class_count), train.classes)
    if len(absent):
        features = np.concatenate([features, np.zeros((len(absent), features.shape[1]))])
    classes = np.concatenate([train.classes, absent])
    weights = np.concatenate([np.ones(len(train.classes)), np.zeros(len(absent))])
    model = _logistic_regression(has_bias)
    for strength in strengths:
        model.set_params(C=strength)
        with warnings.catch_warnings():
            _ignore_unfinished_fits()
            model.fit(features, classes, sample_weight=weights)
        coefficients, intercept = _for_each_class(model)
        weight = coefficients / scale
        bias = (intercept - weight @ shift).astype(np.float32) if has_bias else None
        yield LinearHead(weight.astype(np.float32), bias, strength)


def _standardised(
    examples: Examples, *, centred: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return shift `[d]` and scale `[d]`, and the features `[n, d]` so shifted and scaled; constant ones become 0.

    Without centring a constant feature is left as it is, for it stands in for the bias.
    """
    features = examples.features
    standardised = features.astype(np.float64)
    shift = standardised.mean(axis=0) if centred else np.zeros(features.shape[1])
    standardised -= shift
    scale = np.sqrt(np.einsum("nd,nd->d", standardised, standardised) / len(standardised))
    largest = np.maximum(features.max(axis=0), -features.min(axis=0))
    scale[scale <= SMALLEST_SPREAD[examples.precision] * largest] = np.inf
    standardised /= scale
    return shift, scale, standardised


def _logistic_regression(has_bias: bool) -> Any:  # noqa: ANN401 - untyped library
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(fit_intercept=has_bias, tol=TOLERANCE, max_iter=MOST_ITERATIONS, warm_start=True)


def _ignore_unfinished_fits() -> None:
    from sklearn.exceptions import ConvergenceWarning

    # After so many iterations the last digits of the weights change no prediction.
    warnings.simplefilter("ignore", ConvergenceWarning)


def _for_each_class(model: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:  # noqa: ANN401
    """Return coefficients `[C, d]` and intercepts `[C]`; of two classes scikit-learn gives the difference alone."""
    coefficients, intercept = model.coef_, np.broadcast_to(model.intercept_, len(model.coef_))
    if len(coefficients) > 1:
        return coefficients, intercept
    return np.vstack([-coefficients, coefficients]) / 2, np.concatenate([-intercept, intercept]) / 2
