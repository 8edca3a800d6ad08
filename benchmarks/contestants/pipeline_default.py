"""`pipeline` at its defaults: one text at a time."""

from benchmarks.contestants.pipeline_at_work import score
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    score(read_work(__doc__))
