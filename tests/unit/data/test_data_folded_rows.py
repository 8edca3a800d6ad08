"""Folds: each row is judged once a repetition, with its copies, by models that know every class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heptune.data.folded_rows import REPETITIONS, fold_rows, leaves_too_little, open_folds
from heptune.data.splits import FOLDS

CLASSES = st.lists(st.integers(0, 3), min_size=1, max_size=120).map(np.array)


@given(CLASSES, st.integers(0, 5))
def test_every_row_has_one_fold_in_each_repetition_and_classes_are_spread(classes, seed):
    folded = fold_rows(classes, np.arange(len(classes)), seed=seed)
    assert len(folded.folds) == REPETITIONS
    for numbers in folded.folds:
        assert numbers.shape == classes.shape
        assert set(numbers.tolist()) <= set(range(FOLDS))
        counts = np.bincount(numbers, minlength=FOLDS)
        assert counts.max() - counts.min() <= 1 + len(np.unique(classes))
        for label in np.unique(classes):
            of_class = np.bincount(numbers[classes == label], minlength=FOLDS)
            assert of_class.max() - of_class.min() <= 2


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(2, 4), st.integers(0, 3))
def test_groups_stay_together_and_folds_are_as_level_as_they_allow(sizes, classes, seed):
    of_row = np.repeat(np.arange(len(sizes)), sizes)
    folded = fold_rows(of_row % classes, of_row, seed=seed)
    for numbers in folded.folds:
        assert all(len(set(numbers[of_row == group].tolist())) == 1 for group in range(len(sizes)))
        assert len(np.unique(numbers)) == min(FOLDS, len(sizes))
        for label in range(classes):
            of_class = np.bincount(numbers[of_row % classes == label], minlength=FOLDS)
            largest = max([size for group, size in enumerate(sizes) if group % classes == label], default=0)
            assert of_class.max() - of_class.min() <= max(1, largest)
    assert folded.fold_count == min(FOLDS, len(sizes))
    assert folded.trainings == REPETITIONS * folded.fold_count


def test_every_class_with_two_groups_is_known_outside_of_each_fold():
    groups = np.arange(400) // 2
    classes = np.arange(400) // 4
    for numbers in fold_rows(classes, groups, seed=0).folds:
        assert np.bincount(numbers).max() - np.bincount(numbers).min() <= 4
        for fold in range(FOLDS):
            assert set(classes[numbers != fold].tolist()) == set(range(100))


def test_folds_outside_of_which_there_is_one_class_leave_too_little():
    classes = np.arange(100) % 2
    assert leaves_too_little(fold_rows(classes, np.zeros(100, dtype=np.int64), seed=0), classes)
    assert leaves_too_little(fold_rows(classes, classes, seed=0), classes)
    assert not leaves_too_little(fold_rows(classes, np.arange(100), seed=0), classes)


def test_the_repetitions_divide_differently():
    classes = np.arange(200) % 2
    first, second = fold_rows(classes, np.arange(200), seed=3).folds
    together = [(first[row] == first[0]) == (second[row] == second[0]) for row in range(1, 200)]
    assert not all(together)


def test_a_large_group_takes_a_fold_and_tears_no_other():
    groups = np.where(np.arange(100) < 41, 0, 1 + np.arange(100) // 2)
    for numbers in fold_rows(np.arange(100) % 2, groups, seed=0).folds:
        assert sorted(np.bincount(numbers).tolist())[-1] == 41
        assert all(len(set(numbers[groups == group].tolist())) == 1 for group in np.unique(groups))


def test_folds_are_read_as_they_were_written(tmp_path):
    folded = fold_rows(np.arange(30) % 3, np.arange(30) // 2, seed=1)
    folded.write(tmp_path / "folds.arrow")
    read = open_folds(tmp_path / "folds.arrow")
    assert [one.tolist() for one in read.folds] == [one.tolist() for one in folded.folds]
    assert read.groups.tolist() == folded.groups.tolist()


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_fewer_rows_than_folds_leave_folds_empty(rows):
    folded = fold_rows(np.zeros(rows, dtype=np.int64), np.arange(rows), seed=0)
    assert all(np.bincount(numbers).sum() == rows for numbers in folded.folds)
