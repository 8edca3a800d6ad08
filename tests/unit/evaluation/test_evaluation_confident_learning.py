"""Confident learning: laws, and what it estimates where the truth is known."""

import numpy as np
import pytest

from heptune.evaluation.confident_learning import find_label_noise


def simulated(rows, noise, *, seed, skill=4.0, classes=3):
    """True classes, labels of which a share is wrong, and calibrated probabilities that know the true class in part."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(classes, size=rows)
    logits = generator.normal(size=(rows, classes))
    logits[np.arange(rows), truth] += skill
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = generator.random(rows) < noise
    labels = np.where(wrong, (truth + generator.integers(1, classes, size=rows)) % classes, truth)
    return labels, probabilities, wrong


def test_where_probabilities_confirm_every_label_there_is_no_suspect():
    labels = np.array([0, 1, 2, 0, 1, 2])
    noise = find_label_noise(labels, np.eye(3)[labels] * 0.9 + 0.1 / 3)
    assert (noise.share, len(noise.suspects), len(noise.suggestions)) == (0.0, 0, 0)


def test_the_most_suspect_row_comes_first_with_the_class_that_it_rather_has():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.45, 0.55], [0.05, 0.95], [0.1, 0.9]])
    noise = find_label_noise(np.array([0, 0, 1, 1, 0, 0, 1]), probabilities)
    assert noise.suspects.tolist() == [5]
    assert noise.suggestions.tolist() == [1]


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1, 0.2])
def test_the_estimate_is_near_the_truth(noise):
    shares = []
    for seed in range(5):
        labels, probabilities, _wrong = simulated(3_000, noise, seed=seed)
        shares.append(find_label_noise(labels, probabilities).share)
    assert abs(np.mean(shares) - noise) < 0.03


def test_most_suspects_are_wrong_and_most_wrong_labels_suspect():
    labels, probabilities, wrong = simulated(3_000, 0.1, seed=1)
    suspects = find_label_noise(labels, probabilities).suspects
    assert wrong[suspects].mean() > 0.8
    assert np.isin(np.flatnonzero(wrong), suspects).mean() > 0.8
    top = suspects[: len(suspects) // 2]
    assert wrong[top].mean() >= wrong[suspects].mean()


def test_a_class_without_rows_and_one_that_is_never_believed_do_no_harm():
    probabilities = np.array([[0.6, 0.2, 0.2], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]])
    noise = find_label_noise(np.array([0, 0, 1]), probabilities)
    assert 0 <= noise.share <= 1
    assert 2 not in noise.suggestions
