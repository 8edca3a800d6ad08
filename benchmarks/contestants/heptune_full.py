"""Heptune's method `full`, with its own choice of precision; no moved texts and a new head: the same is learnt."""

import tempfile
from pathlib import Path

import pyarrow as pa

from benchmarks.contestants.work import give, peak_mib, read_work
from heptune.methods.finetune.full import FullFineTuning
from heptune.methods.method import Watch
from heptune.steps.step7_training.settings import TrainingConfig


def main() -> None:
    """Train one epoch and print rows a second and the peak of memory."""
    work = read_work(__doc__)
    texts = pa.table({"text": pa.array(work.texts, pa.large_string()), "label": pa.array(work.labels, pa.int32())})
    same = {"learning_rate": 5e-5, "adversarial_strength": 0.0, "head": "new"}
    config = TrainingConfig(epochs=1, batch_size=work.batch_size, **same)
    watch = Watch(lambda: None, lambda *_names, **_details: None, lambda _sentence: None)
    method = FullFineTuning(work.model, [str(label) for label in range(work.classes)])
    with tempfile.TemporaryDirectory() as folder:
        method.encode({"train": texts}, Path(folder), max_length=None)
        method.initialize(Path(folder), seed=0)
        report = method.fit({"train": texts}, Path(folder), config.settings(metric="accuracy", max_minutes=None), watch)
    give(
        rows_per_second=report.train_rows_per_second,
        tokens_per_second=report.train_tokens_per_second,
        precision=report.precision,
        matrix_rate_share=report.matrix_rate_share,
        peak_mib=peak_mib(),
        fit_seconds=report.seconds,
        fit_peak_mib=report.peak_memory_mib,
        estimated_seconds=report.estimate.seconds if report.estimate else None,
        estimated_mib=report.estimate.peak_memory_mib if report.estimate else None,
    )


if __name__ == "__main__":
    main()
