"""The recipe of the tutorials: Trainer with texts padded to 1,024 tokens, batches of 1, four accumulated, fp32."""

from benchmarks.contestants.trainer_at_work import Setting, train
from benchmarks.contestants.work import read_work

if __name__ == "__main__":
    train(read_work(__doc__), Setting(pad_to=1_024, accumulation=4, by_length=False, bf16=False))
