"""Laws of batches, padding and seeds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heptune.methods.finetune.loop import step_seed
from heptune.modeling.batching import batches_by_length, pad
from heptune.runtimes.runtime import softmax

LENGTHS = st.lists(st.integers(0, 600), max_size=80).map(lambda values: np.array(values, dtype=np.int32))
SEQUENCES = st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=8)
SEED = st.integers(0, 2**31)


@given(LENGTHS, st.integers(1, 5_000), st.none() | st.integers(1, 20))
def test_batches_cover_every_row_once_within_the_budget(lengths, most_tokens, most_rows):
    batches = batches_by_length(lengths, most_tokens=most_tokens, most_rows=most_rows)
    assert sorted(row for batch in batches for row in batch.tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) > 0
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= most_tokens
        assert most_rows is None or len(batch) <= most_rows
    for batch in batches[:-1]:  # none could have taken one row more
        one_more = len(batch) + 1
        assert one_more * max(1, int(lengths[batch].max())) > most_tokens or one_more > (most_rows or one_more)


@given(LENGTHS, st.integers(1, 5_000))
def test_batches_go_from_long_to_short(lengths, most_tokens):
    batches = batches_by_length(lengths, most_tokens=most_tokens)
    in_order = [int(lengths[row]) for batch in batches for row in batch]
    assert in_order == sorted(in_order, reverse=True)


@given(LENGTHS, st.integers(1, 5_000), st.none() | st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_change_how_they_are_cut(lengths, most_tokens, most_rows, random):
    shuffled = np.array(random.sample(lengths.tolist(), len(lengths)), dtype=np.int32)
    cuts = [
        [rows[batch].tolist() for batch in batches_by_length(rows, most_tokens=most_tokens, most_rows=most_rows)]
        for rows in (lengths, shuffled)
    ]
    assert cuts[0] == cuts[1]


@given(SEQUENCES, st.integers(0, 9))
def test_padding_keeps_every_sequence_under_its_mask(sequences, pad_id):
    tokens, mask = pad([np.array(sequence, dtype=np.int32) for sequence in sequences], pad_id)
    longest = max(map(len, sequences))
    assert tokens.shape == mask.shape == (len(sequences), longest)
    assert tokens.dtype == mask.dtype == np.int64
    for sequence, row, real in zip(sequences, tokens, mask, strict=True):
        assert row[real == 1].tolist() == sequence
        assert real.tolist() == [1] * len(sequence) + [0] * (longest - len(sequence))
        assert set(row[real == 0].tolist()) <= {pad_id}


@given(SEED, st.integers(1, 100), st.integers(0, 10_000))
def test_the_seed_of_a_step_is_a_function_of_three_numbers(seed, epoch, step):
    first = step_seed(seed, epoch, step)
    np.random.default_rng(0).random()
    assert step_seed(seed, epoch, step) == first
    assert 0 <= first < 2**32


def test_the_seeds_of_a_run_are_all_different():
    seeds = {step_seed(seed, epoch, step) for seed in range(3) for epoch in range(1, 6) for step in range(100)}
    assert len(seeds) == 3 * 5 * 100


@given(st.lists(st.lists(st.floats(-700, 700), min_size=3, max_size=3), min_size=1, max_size=5))
def test_softmax_gives_distributions_that_ignore_a_common_shift(rows):
    logits = np.array(rows)
    probabilities = softmax(logits)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert probabilities.min() >= 0
    assert np.allclose(softmax(logits + 5), probabilities, atol=1e-9)
