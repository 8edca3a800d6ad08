"""What a linear probe will take: a few batches of its texts are timed."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from heptune.methods.estimates import MARGIN_ABOVE, MARGIN_BELOW, cost
from heptune.methods.linear_probe.features import FeatureReader
from heptune.methods.method import Watch
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.schemas.estimate import TrainingEstimate
from heptune.storage.energy import EnergyMeter
from heptune.storage.process import peak_memory_mib

MOST_TIMED_BATCHES = 4


def estimate_reading(
    reader: FeatureReader,
    parts: Sequence[TokenRows],
    *,
    device: torch.device,
    price_per_hour: float | None,
    watch: Watch,
) -> TrainingEstimate:
    """Time some batches between the longest and the shortest; the fit behind them is short beside all of them.

    Args:
        reader: Computes the features.
        parts: All rows whose features are needed, training rows first.
        device: Where the network is.
        price_per_hour: Of the machine, in any currency.
        watch: Polled at every batch.
    """
    rows, batches = parts[0], reader.batches(parts[0])
    reader.of(rows.ids(batches[0]))  # the longest, for the peak of memory; libraries settle
    chosen = np.unique(np.linspace(0, len(batches) - 1, MOST_TIMED_BATCHES).astype(int))
    meter, began = EnergyMeter(device.type), time.perf_counter()
    paces = []
    for number in chosen:
        watch.check()
        started = time.perf_counter()
        reader.of(rows.ids(batches[number]))
        paces.append((time.perf_counter() - started) / int(rows.lengths[batches[number]].sum()))
    energy, passed = meter.watt_hours(), time.perf_counter() - began
    tokens = sum(int(part.lengths.sum()) for part in parts)
    seconds = tokens * float(np.median(paces))
    return TrainingEstimate(
        seconds=round(seconds, 3),
        seconds_low=round(MARGIN_BELOW * tokens * min(paces), 3),
        seconds_high=round(MARGIN_ABOVE * tokens * max(paces), 3),
        peak_memory_mib=peak_memory_mib(),
        energy_wh=None if energy is None else round(energy * seconds / passed, 3),
        cost=cost(seconds, price_per_hour),
        timed_steps=len(paces),
        steps=sum(len(reader.batches(part)) for part in parts),
    )
