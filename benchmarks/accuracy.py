"""How good the defaults are: whole runs on the data sets beside the project, several seeds, test accuracy.

    python -m benchmarks.accuracy [--only NAME ...] [--data FOLDER] [--decoder FOLDER]

Each job is one `heptune run` in a process of its own, as a user would type it. Rows are printed and merged into
`benchmarks/results/accuracy-<class>.md`; `<class>` is the kind of CPU: amx, avx512 or avx2. The rows of jobs that are
left out stay. Nothing is chosen by these figures: they are test rows.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from benchmarks.table import Job, Table, finished_run, run_jobs
from heptune.steps.step7_training.settings import SpeedupName


@dataclass(frozen=True)
class Task:
    """One row of the table: a name, the data, further arguments, and the seeds."""

    name: str
    data: str
    arguments: tuple[str, ...]
    seeds: tuple[int, ...] = (42, 43, 44)
    needs_decoder: bool = False


# The same learning, with all speed-ups and with none.
TWO_EPOCHS = ("--model", "starter", "--epochs", "2", "--set", "training.adversarial_strength=0")
PLAIN_LOOP = ("--precision", "fp32", "--set", f"training.without=[{', '.join(get_args(SpeedupName))}]")
TASKS = (
    Task("quickstart sample", "sample:english", ("--model", "starter")),
    Task("tweets, 1,000 rows", "tweet_sentiment_extraction", ("--model", "starter", "--sample", "1000")),
    Task("tweets, all rows", "tweet_sentiment_extraction", ("--model", "starter"), seeds=(42,)),
    Task("tweets, all rows, 2 epochs, texts not moved", "tweet_sentiment_extraction", TWO_EPOCHS),
    Task(
        "tweets, all rows, 2 epochs, texts not moved, the plain loop in fp32",
        "tweet_sentiment_extraction",
        (*TWO_EPOCHS, *PLAIN_LOOP),
    ),
    Task("sst2, 450 rows", "sst2", ("--model", "starter", "--sample", "450")),
    Task("banking77, all rows", "banking77", ("--model", "starter"), seeds=(42,)),
    Task("waimai_10k, all rows (Chinese)", "waimai_10k/waimai_10k.csv", ("--model", "starter"), seeds=(42,)),
    Task(
        "tweets, 1,000 rows, SmolLM2-135M (4-bit rounded weights), 3 epochs, 1,000 test rows",
        "tweet_sentiment_extraction",
        ("--sample", "1000", "--test-sample", "1000", "--epochs", "3"),
        seeds=(42,),
        needs_decoder=True,
    ),
)
TABLE = Table(
    "accuracy",
    "Test accuracy of the defaults",
    (
        "Accuracy is the mean over the seeds, with the smallest and the largest. The column before the seconds is the",
        "lowest lower end over the seeds of the paired 95 % interval of the difference to TF-IDF, in points. Seconds",
        "are of a whole run.",
    ),
    ("job", "seeds", "test rows", "accuracy", "macro-F1", "TF-IDF", "above TF-IDF by at least", "seconds"),
)


def main() -> None:
    """Run the jobs and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of the names of the jobs to run")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    parser.add_argument("--decoder", type=Path, help="folder with a pretrained decoder, for the jobs that need one")
    options = parser.parse_args()
    run_jobs(TABLE, _jobs(options.data, options.decoder), options.only)


def _jobs(data: Path, decoder: Path | None) -> Iterator[Job]:
    for task in TASKS:
        if task.needs_decoder and decoder is None:
            print(f"left out, no --decoder: {task.name}", file=sys.stderr)
            continue
        yield Job(task.name, partial(_measure, task, data, decoder))


def _measure(task: Task, data: Path, decoder: Path | None) -> list[str]:
    runs = [_run(task, data, decoder, seed) for seed in task.seeds]
    accuracy = [run["test"]["accuracy"]["value"] for run in runs]
    macro_f1 = [run["test"]["macro_f1"]["value"] for run in runs]
    baseline = [run["baselines"]["tfidf"]["accuracy"]["value"] for run in runs]
    lowest = min(run["comparisons"]["tfidf"]["difference"]["low"] for run in runs)
    seconds = statistics.median(sum(run["seconds"].values()) for run in runs)
    spread = f" ({min(accuracy):.3f} – {max(accuracy):.3f})" if len(runs) > 1 else ""
    return [
        ", ".join(map(str, task.seeds)),
        f"{runs[0]['test']['n']:,}",
        f"{statistics.mean(accuracy):.3f}{spread}",
        f"{statistics.mean(macro_f1):.3f}",
        f"{statistics.mean(baseline):.3f}",
        f"{100 * lowest:+.1f}",
        f"{seconds:.0f}",
    ]


def _run(task: Task, data: Path, decoder: Path | None, seed: int) -> dict[str, Any]:
    source = task.data if task.data.startswith("sample:") else data / task.data
    model = ("--model", decoder) if task.needs_decoder else ()
    with finished_run(source, *task.arguments, *model, "--seed", seed) as run:
        return run.printed


if __name__ == "__main__":
    main()
