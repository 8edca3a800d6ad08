"""How the default settings were chosen: whole runs with other settings, compared on validation rows alone.

    python -m benchmarks.defaults [--only NAME ...] [--data FOLDER]

Only the training files of the data sets are read, so that no test row can have a say: Heptune cuts its own splits from
them. The validation scores of each epoch are printed and merged into `benchmarks/results/defaults-<class>.md`; rows of
trials that are left out stay.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.table import Job, Table, finished_run, run_jobs


@dataclass(frozen=True)
class Settings:
    """What one trial sets."""

    epochs: int
    learning_rate: float
    batch_size: int
    adversarial_strength: float = 0.0

    def __str__(self) -> str:
        """Return a name for the table."""
        moved = f", texts moved {self.adversarial_strength:g}" if self.adversarial_strength else ""
        return f"{self.epochs} epochs, {self.learning_rate:g}, batch {self.batch_size}{moved}"


@dataclass(frozen=True)
class Trials:
    """Settings to compare on one data set, with each seed."""

    name: str
    data: str
    settings: tuple[Settings, ...]
    arguments: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)
    validation_share: float = 0.1


FEW_ROWS = (*(Settings(epochs, 1e-4, 16) for epochs in (4, 6)), *(Settings(epochs, 1e-4, 16, 0.1) for epochs in (3, 6)))
TRIALS = (
    Trials(
        "tweets, 27,000 rows",
        "tweet_sentiment_extraction/train.jsonl",
        (Settings(2, 5e-5, 32), Settings(2, 1e-4, 32), Settings(3, 5e-5, 32)),
    ),
    Trials(
        "tweets, 1,000 rows",
        "tweet_sentiment_extraction/train.jsonl",
        FEW_ROWS,
        ("--sample", "4000"),
        (0, 1, 2),
        validation_share=0.65,
    ),
    Trials(
        "banking77, 10,000 rows (77 labels)",
        "banking77/train.csv",
        (Settings(4, 1e-4, 32), Settings(4, 2e-4, 32), Settings(6, 2e-4, 32), Settings(4, 2e-4, 32, 0.1)),
    ),
    Trials(
        "waimai_10k, 12,000 rows (Chinese)",
        "waimai_10k/waimai_10k.csv",
        (Settings(4, 1e-4, 32), Settings(4, 2e-4, 32)),
        # The file is not split: with seed 42, that of the benchmark, its test rows are set aside here too; any other
        # seed would make validation rows of them.
        seeds=(42,),
    ),
    Trials(
        "waimai_10k, 1,000 rows (Chinese)",
        "waimai_10k/waimai_10k.csv",
        FEW_ROWS,
        ("--set", "dataset.calibration_share=0.6"),
        (42,),
        validation_share=0.3,
    ),
    Trials(
        "sst2, 450 rows",
        "sst2/train.tsv",
        (*(Settings(6, rate, 16) for rate in (5e-5, 2e-4)), *FEW_ROWS),
        ("--sample", "450"),
        (0, 1, 2),
    ),
)


TABLE = Table(
    "defaults",
    "Validation accuracy by settings, starter model",
    (
        "Means over the seeds. Rows are those of the training files; Heptune cuts test, validation and calibration",
        "rows from them, and learns from what is left. Test files were not read. Log loss is that of the last epoch.",
    ),
    ("trial", "seeds", "best epoch", "after each epoch", "log loss"),
)


def main() -> None:
    """Run the trials and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of the names of the data sets to try")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    options = parser.parse_args()
    run_jobs(TABLE, _jobs(options.data), options.only)


def _jobs(data: Path) -> Iterator[Job]:
    for trials in TRIALS:
        for settings in trials.settings:
            yield Job(f"{trials.name}: {settings}", partial(_measure, trials, data, settings))


def _measure(trials: Trials, data: Path, settings: Settings) -> list[str]:
    histories = [_history(trials, data, settings, seed) for seed in trials.seeds]
    by_epoch = [
        f"{sum(history[epoch]['validation']['accuracy'] for history in histories) / len(histories):.4f}"
        for epoch in range(min(map(len, histories)))
    ]
    best = sum(max(epoch["validation"]["accuracy"] for epoch in history) for history in histories) / len(histories)
    log_loss = sum(history[-1]["validation"]["log_loss"] for history in histories) / len(histories)
    return [", ".join(map(str, trials.seeds)), f"{best:.4f}", ", ".join(by_epoch), f"{log_loss:.3f}"]


def _history(trials: Trials, data: Path, settings: Settings, seed: int) -> list[dict[str, Any]]:
    options: tuple[object, ...] = ("--epochs", settings.epochs, "--learning-rate", settings.learning_rate)
    options += ("--batch-size", settings.batch_size, "--seed", seed)
    # More than Heptune would keep: the more, the finer the comparison.
    options += ("--set", f"dataset.validation_share={trials.validation_share}")
    options += ("--set", f"training.adversarial_strength={settings.adversarial_strength}")
    with finished_run(data / trials.data, "--model", "starter", *trials.arguments, *options) as run:
        stored = json.loads((run.folder / "7_training.json").read_text(encoding="utf-8"))
        return stored["result"]["fit"]["history"]


if __name__ == "__main__":
    main()
