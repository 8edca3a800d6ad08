"""What counts as alike, by laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.exporting.parity import compare_answers, faults_of

TOLERANCE = {"max_difference": 1e-4, "max_accuracy_loss": 0.5}
seeds = st.integers(0, 10_000)


def some_answers(seed, rows=40, classes=3):
    return np.random.default_rng(seed).dirichlet(np.ones(classes), size=rows)


@given(seeds)
def test_answers_agree_with_themselves(seed):
    answers = some_answers(seed)
    labels = np.random.default_rng(seed).integers(0, 3, len(answers))
    figures = compare_answers(answers, answers, margin=0.0, labels=labels)
    assert (figures.flips, figures.largest_difference, figures.accuracy_difference.value) == (0, 0.0, 0.0)
    for target in ("onnx", "onnx-int8"):
        assert faults_of(target, figures, max_difference=0.0, max_accuracy_loss=0.0) == []


@given(seeds, seeds)
def test_the_figures_are_what_they_are_called(seed, other):
    one, two = some_answers(seed), some_answers(other)
    labels = np.random.default_rng(seed).integers(0, 3, len(one))
    figures = compare_answers(one, two, margin=0.2, labels=labels)
    flipped = one.argmax(1) != two.argmax(1)
    top = np.sort(one, axis=1)
    assert figures.flips == flipped.sum()
    assert figures.flip_share.low <= figures.flip_share.value <= figures.flip_share.high
    assert figures.flips_beyond == (flipped & (top[:, 2] - top[:, 1] > 0.2)).sum()
    assert figures.largest_difference == pytest.approx(np.abs(one - two).max())
    accuracies = [(answers.argmax(1) == labels).mean() for answers in (one, two)]
    assert [figures.original_accuracy, figures.exported_accuracy] == pytest.approx(accuracies)
    assert figures.accuracy_difference.value == pytest.approx(accuracies[1] - accuracies[0])
    # An accuracy cannot fall by more than labels change.
    assert accuracies[0] - accuracies[1] <= figures.flip_share.value + 1e-12


def test_a_text_that_only_one_answers_is_a_difference_of_one():
    one = some_answers(1)
    two = one.copy()
    two[3] = np.nan
    for pair in ((one, two), (two, one)):
        figures = compare_answers(*pair, margin=0.5)
        assert (figures.flips, figures.flips_beyond, figures.largest_difference) == (1, 1, 1.0)
    assert compare_answers(two, two, margin=0.5).largest_difference == 0.0


def test_no_rows_are_no_fault():
    nothing = np.empty((0, 3))
    figures = compare_answers(nothing, nothing, margin=0.0, labels=np.empty(0, dtype=np.int32))
    assert (figures.rows, figures.flips, figures.accuracy_difference) == (0, 0, None)
    assert faults_of("onnx", figures, **TOLERANCE) == []


def test_fp32_is_held_to_each_score():
    one = some_answers(1)
    two = one.copy()
    two[5] += [2e-4, -2e-4, 0.0]
    figures = compare_answers(one, two, margin=1e-4)
    assert len(faults_of("onnx", figures, **TOLERANCE)) == 1
    assert faults_of("onnx", figures, max_difference=3e-4, max_accuracy_loss=0.5) == []


@pytest.mark.parametrize(("lost", "faults"), [(0, 0), (1, 0), (2, 1)])
def test_int8_is_held_to_its_accuracy(lost, faults):
    labels = np.zeros(200, dtype=np.int32)
    one = np.tile([0.8, 0.2], (200, 1))
    two = one.copy()
    two[:lost] = [0.2, 0.8]
    figures = compare_answers(one, two, margin=0.1, labels=labels)
    assert len(faults_of("onnx-int8", figures, **TOLERANCE)) == faults
    assert faults_of("onnx-int8", figures, max_difference=1e-4, max_accuracy_loss=1.0) == []


def test_int8_without_known_labels_is_held_to_those_that_were_not_close():
    close, far = np.array([[0.52, 0.48]]), np.array([[0.7, 0.3]])
    assert faults_of("onnx-int8", compare_answers(close, 1 - close, margin=0.1), **TOLERANCE) == []
    assert len(faults_of("onnx-int8", compare_answers(far, 1 - far, margin=0.1), **TOLERANCE)) == 1
