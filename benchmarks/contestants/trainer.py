"""Trainer as an expert sets it: padding to the batch's longest, batches by length, bf16 where there is a unit for it."""

from benchmarks.contestants.trainer_at_work import Setting, train
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    train(read_work(__doc__), Setting())
