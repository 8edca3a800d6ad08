"""How long texts are."""

import numpy as np
from methods_at_work import LABELS, make_rows

from heptune.methods.lengths import length_histogram, truncation_by_label


def test_bins_end_at_powers_of_two():
    lengths = np.array([0, 1, 2, 3, 4, 5, 8, 9, 1000], dtype=np.int32)
    assert length_histogram(lengths) == {1: 2, 2: 1, 4: 2, 8: 2, 16: 1, 1024: 1}


def test_every_text_is_in_one_bin():
    lengths = np.random.default_rng(0).integers(0, 5000, 500).astype(np.int32)
    assert sum(length_histogram(lengths).values()) == 500


def test_a_text_of_just_the_limit_is_not_truncated():
    splits = {"train": make_rows(["a", "b"], [0, 0]), "test": make_rows(["c"], [2])}
    lengths = {"train": np.array([8, 9], np.int32), "test": np.array([100], np.int32)}
    told = truncation_by_label(splits, lengths, 8, LABELS)
    assert [(row.texts, row.truncated) for row in told] == [(2, 1), (0, 0), (1, 1)]
    assert sum(row.truncated for row in truncation_by_label(splits, lengths, None, LABELS)) == 0
