"""A seeded sample of rows."""

import numpy as np
import numpy.typing as npt


def sample_rows(rows: int, size: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the numbers of `size` rows out of `rows`, in the order and choice of `datasets`' `shuffle(seed).select`.

    `datasets.Dataset.shuffle(seed=s)` permutes with `numpy.random.default_rng(s).permutation(n)`, so that
    `select(range(size))` takes the first `size` of it. A size beyond `rows` takes all of them.
    """
    return np.random.default_rng(seed).permutation(rows)[:size]
