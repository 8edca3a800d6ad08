"""Laws of sampling and splitting."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heptune.data.joined_groups import joined_groups
from heptune.data.labels import in_class_order
from heptune.data.sampling import sample_rows
from heptune.data.splits import stratified_split

CLASSES = st.lists(st.integers(0, 6), min_size=1, max_size=120).map(lambda ids: np.array(ids, dtype=np.int64))
SEEDS = st.integers(0, 2**31)


@given(classes=CLASSES, size=st.integers(0, 150), seed=SEEDS)
def test_a_split_is_disjoint_complete_in_file_order_and_seeded(classes, size, seed):
    rest, aside = stratified_split(classes, size, seed)
    assert np.array_equal(np.sort(np.concatenate([rest, aside])), np.arange(len(classes)))
    assert np.all(np.diff(rest) > 0)
    assert np.all(np.diff(aside) > 0)
    again = stratified_split(classes, size, seed)
    assert np.array_equal(again[0], rest)
    assert np.array_equal(again[1], aside)


@given(classes=CLASSES, size=st.integers(0, 150), seed=SEEDS)
@example(classes=np.array([0, 0, 1, 1, 2, 2]), size=2, seed=0)
@example(classes=np.array([0, 1, 2, 3, 3, 3]), size=5, seed=0)
def test_each_class_keeps_a_row_and_otherwise_the_size_is_exact(classes, size, seed):
    rest, aside = stratified_split(classes, size, seed)
    assert set(classes[rest]) == set(classes)
    assert len(aside) == min(size, len(classes) - len(set(classes)))


@given(classes=CLASSES, size=st.integers(0, 150), seed=SEEDS)
def test_each_class_has_its_share_within_one_row_wherever_that_leaves_it_one(classes, size, seed):
    aside = stratified_split(classes, size, seed)[1]
    counts = np.bincount(classes)
    shares = counts * (size / len(classes))
    taken = np.bincount(classes[aside], minlength=len(counts))
    if np.all(np.ceil(shares) <= np.maximum(counts - 1, 0)):
        assert np.all(np.abs(taken - shares) < 1 + 1e-9)
    # Where some classes are too small to give their share, no class gives less than its own, rounded down.
    assert np.all(taken >= np.minimum(np.floor(shares - 1e-9), np.maximum(counts - 1, 0)))


@given(counts=st.lists(st.integers(50, 200), min_size=2, max_size=4), seed=SEEDS)
def test_other_seeds_take_other_rows_in_the_same_numbers(counts, seed):
    classes = np.repeat(np.arange(len(counts)), counts)
    one, other = (stratified_split(classes, 40, number)[1] for number in (seed, seed + 1))
    assert not np.array_equal(one, other)
    assert np.array_equal(np.bincount(classes[one]), np.bincount(classes[other]))


GROUPED = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30)), min_size=1, max_size=120).map(
    lambda rows: np.array(rows, dtype=np.int64).T
)


@given(rows=GROUPED, size=st.integers(0, 150), seed=SEEDS)
def test_no_group_is_torn_apart_and_each_class_keeps_a_row(rows, size, seed):
    classes, groups = rows
    rest, aside = stratified_split(classes, size, seed, groups)
    assert np.array_equal(np.sort(np.concatenate([rest, aside])), np.arange(len(classes)))
    assert not set(groups[rest]) & set(groups[aside])
    assert set(classes[rest]) == set(classes)
    assert len(aside) <= size


@given(classes=CLASSES, size=st.integers(0, 150), seed=SEEDS)
def test_groups_of_one_row_change_nothing(classes, size, seed):
    plain, grouped = (stratified_split(classes, size, seed, groups) for groups in (None, np.arange(len(classes)) * 3))
    assert all(np.array_equal(one, other) for one, other in zip(plain, grouped, strict=True))


@given(
    counts=st.lists(st.integers(20, 60), min_size=2, max_size=4),
    size=st.integers(5, 30),
    seed=SEEDS,
    pairs=st.booleans(),
)
def test_with_small_groups_each_class_has_its_share_within_a_group(counts, size, seed, pairs):
    classes = np.repeat(np.arange(len(counts)), counts)
    groups = np.arange(len(classes)) // (2 if pairs else 3) + 100 * classes
    aside = stratified_split(classes, size, seed, groups)[1]
    shares = np.array(counts) * size / len(classes)
    assert np.all(np.abs(np.bincount(classes[aside], minlength=len(counts)) - shares) < 3)


@given(rows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_joined_groups_are_the_finest_that_tear_none_apart(rows):
    groupings = np.array(rows).T
    joined = joined_groups(*groupings)
    expected = np.arange(len(rows))
    for _round in rows:
        for groups in groupings:
            for group in np.unique(groups):
                expected[groups == group] = expected[groups == group].min()
    assert np.array_equal(joined[:, None] == joined, expected[:, None] == expected)


def test_no_rows_can_be_split():
    rest, aside = stratified_split(np.array([], dtype=np.int64), 5, 42)
    assert (len(rest), len(aside)) == (0, 0)


@given(rows=st.integers(0, 300), size=st.integers(1, 400), seed=SEEDS)
def test_a_sample_has_no_row_twice_and_no_more_rows_than_there_are(rows, size, seed):
    sample = sample_rows(rows, size, seed)
    assert len(sample) == len(set(sample.tolist())) == min(rows, size)
    assert set(sample.tolist()) <= set(range(rows))


@given(rows=st.integers(1, 300), sizes=st.tuples(st.integers(1, 300), st.integers(1, 300)), seed=SEEDS)
def test_a_smaller_sample_is_the_beginning_of_a_larger_one(rows, sizes, seed):
    small, large = (sample_rows(rows, size, seed).tolist() for size in sorted(sizes))
    assert large[: len(small)] == small


@pytest.mark.parametrize(("rows", "size"), [(1, 1), (10, 3), (10, 10), (1_000, 999), (27_480, 1_000)])
@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1])
def test_a_sample_is_what_datasets_draws(rows, size, seed):
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"row": np.arange(rows)})
    expected = dataset.shuffle(seed=seed).select(range(size))["row"]
    assert sample_rows(rows, size, seed).tolist() == list(expected)


LABELS = st.lists(st.one_of(st.integers(-(10**20), 10**20).map(str), st.floats().map(str), st.text(max_size=4)))


@given(values=LABELS, seed=st.randoms(use_true_random=False))
def test_the_class_order_does_not_depend_on_the_order_of_the_rows(values, seed):
    shuffled = list(values)
    seed.shuffle(shuffled)
    ordered = in_class_order(values)
    assert in_class_order(shuffled) == ordered
    assert sorted(ordered) == sorted(values)


@given(numbers=st.lists(st.integers(-(10**12), 10**12), unique=True))
def test_whole_numbers_are_in_the_order_of_numbers(numbers):
    assert in_class_order(map(str, numbers)) == [str(number) for number in sorted(numbers)]
