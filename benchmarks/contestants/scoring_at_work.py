"""Scoring, timed without what is done once."""

import time
from collections.abc import Callable

from benchmarks.contestants.work import Work, give, peak_mib

WARM_UP_TEXTS = 16


def time_scoring(work: Work, score: Callable[[list[str]], object], **further: float | str) -> None:
    """Score the texts and print rows a second and the peak of memory."""
    score(work.texts[:WARM_UP_TEXTS])
    started = time.perf_counter()
    score(work.texts)
    seconds = time.perf_counter() - started
    give(rows_per_second=len(work.texts) / seconds, peak_mib=peak_mib(), **further)
