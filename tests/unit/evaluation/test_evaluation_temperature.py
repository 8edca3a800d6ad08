"""Temperature: the one with the least loss, which changes no answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.evaluation.metrics import log_loss
from heptune.evaluation.temperature import fit_temperature, with_temperature


def softmax(logits):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def drawn(rows, *, seed=0, classes=4):
    """Logits, and labels that are drawn by their probabilities: they are calibrated as they are."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=2, size=(rows, classes))
    labels = np.array([generator.choice(classes, p=row) for row in softmax(logits)])
    return labels, logits


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_that_was_put_in_is_found(true):
    labels, logits = drawn(4_000)
    assert fit_temperature(labels, softmax(logits * true)) == pytest.approx(true, rel=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_no_other_temperature_has_less_loss(seed):
    labels, logits = drawn(200, seed=seed)
    probabilities = softmax(3 * logits)
    temperature = fit_temperature(labels, probabilities)
    least = log_loss(labels, with_temperature(probabilities, temperature))
    for other in np.geomspace(0.1, 10, 60):
        assert least <= log_loss(labels, with_temperature(probabilities, other)) + 1e-6


@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_it_equals_dividing_the_logits_and_changes_no_answer(seed, temperature):
    logits = np.random.default_rng(seed).normal(size=(20, 3))
    scaled = with_temperature(softmax(logits), temperature)
    assert np.allclose(scaled, softmax(logits / temperature), atol=1e-12)
    assert np.array_equal(scaled.argmax(axis=1), logits.argmax(axis=1))
    assert np.allclose(with_temperature(scaled, 1 / temperature), softmax(logits), atol=1e-9)


def test_it_stays_within_bounds_where_every_answer_is_right_or_wrong():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8]] * 10)
    assert fit_temperature(np.array([0, 1] * 10), probabilities) == pytest.approx(0.1, rel=0.01)
    assert fit_temperature(np.array([1, 0] * 10), probabilities) == pytest.approx(10, rel=0.01)


def test_an_impossible_class_stays_impossible():
    scaled = with_temperature(np.array([[0.0, 0.25, 0.75], [0.0, 0.0, 1.0]]), 2.0)
    assert scaled[0, 0] == 0
    assert scaled[1].tolist() == [0, 0, 1]
    assert scaled.sum(axis=1) == pytest.approx([1, 1])
