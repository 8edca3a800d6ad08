"""Transformers' text-classification pipeline."""

from functools import partial
from typing import Any

from transformers import pipeline

from benchmarks.contestants.scoring_at_work import time_scoring
from benchmarks.contestants.work import Work


def score(work: Work, **options: Any) -> None:  # noqa: ANN401 - the pipeline's own
    """Score a list of texts with these options."""
    opened = pipeline("text-classification", model=str(work.model))
    time_scoring(work, partial(opened, **options))
