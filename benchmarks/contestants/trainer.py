"""Trainer as an expert sets it: padded to the longest of the batch, batches by length, bf16 where a unit has it."""

from benchmarks.contestants.trainer_at_work import Setting, train
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    train(read_work(__doc__), Setting())
