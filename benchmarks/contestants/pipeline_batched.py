"""`pipeline` with a batch size, texts in the order in which they come."""

from benchmarks.contestants.pipeline_at_work import score
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    work = read_work(__doc__)
    score(work, batch_size=work.batch_size)
