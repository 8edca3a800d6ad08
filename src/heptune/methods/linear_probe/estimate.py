"""What a linear probe will take: a few batches of its texts are timed, and one step of its fit."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from heptune.methods.estimates import MARGIN_ABOVE, MARGIN_BELOW, cost
from heptune.methods.linear_probe.features import FeatureReader
from heptune.methods.method import Watch
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.memory import forget_peak, peak_mib
from heptune.schemas.estimate import TrainingEstimate
from heptune.storage.spent import Meter

MOST_TIMED_BATCHES = 4
# All that the fits do, in times of such an evaluation: right within a factor of two for banking77 with 1,300 and 7,000
# rows and for tweets with 1,000, on avx512. The fits themselves take 40 to 120 steps.
EVALUATIONS_OF_A_FIT = 900
MOST_TIMED_ROWS = 2_000
TIMED_EVALUATIONS = 7


def estimate_probe(
    reader: FeatureReader,
    parts: Sequence[TokenRows],
    *,
    class_count: int,
    device: torch.device,
    price_per_hour: float | None,
    watch: Watch,
) -> TrainingEstimate:
    """Time some batches between the longest and the shortest, and one evaluation of the fit behind them.

    Args:
        reader: Computes the features.
        parts: All rows whose features are needed, training rows first.
        class_count: C.
        device: Where the network is.
        price_per_hour: Of the machine, in any currency.
        watch: Polled at every batch.
    """
    rows, batches = parts[0], reader.batches(parts[0])
    forget_peak(device)
    with reader.at_precision():
        features = reader.of(rows.ids(batches[0]))  # the longest, for the peak of memory; libraries settle
        chosen = np.unique(np.linspace(0, len(batches) - 1, MOST_TIMED_BATCHES).astype(int))
        meter = Meter(device.type)
        paces = []
        for number in chosen:
            watch.check()
            started = time.perf_counter()
            reader.of(rows.ids(batches[number]))
            paces.append((time.perf_counter() - started) / int(rows.lengths[batches[number]].sum()))
        spent = meter.spent()
    tokens = sum(int(part.lengths.sum()) for part in parts)
    fit = _seconds_of_fit(len(rows), features.shape[1], class_count)
    seconds = tokens * float(np.median(paces)) + fit
    return TrainingEstimate(
        seconds=round(seconds, 3),
        seconds_low=round(MARGIN_BELOW * (tokens * min(paces) + fit), 3),
        seconds_high=round(MARGIN_ABOVE * (tokens * max(paces) + fit), 3),
        peak_memory_mib=peak_mib(device),
        energy_wh=None if spent.watt_hours is None else round(spent.watt_hours * seconds / spent.seconds, 3),
        cost=cost(seconds, price_per_hour),
        timed_steps=len(paces),
        steps=sum(len(reader.batches(part)) for part in parts),
    )


def _seconds_of_fit(rows: int, features: int, class_count: int) -> float:
    """Time the two matrix products of one evaluation, `[n, d] @ [d, C]` and `[d, n] @ [n, C]` in fp64."""
    timed = min(rows, MOST_TIMED_ROWS)
    examples, weights = np.ones((timed, features)), np.ones((features, class_count))
    seconds = []
    for _time in range(TIMED_EVALUATIONS):
        started = time.perf_counter()
        examples.T @ (examples @ weights)
        seconds.append(time.perf_counter() - started)
    return EVALUATIONS_OF_A_FIT * float(np.median(seconds)) * rows / timed
