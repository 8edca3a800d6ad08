"""Heptune's predictor on a bundle, as `heptune.load` opens it."""

import heptune
from benchmarks.contestants.scoring_at_work import time_scoring
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    work = read_work(__doc__)
    time_scoring(work, heptune.load(work.model).predict_proba)
