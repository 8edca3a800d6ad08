"""How the default settings were chosen: whole runs with other settings, compared on validation rows alone.

    python -m benchmarks.defaults [--only NAME ...] [--data FOLDER]

Only the training files of the data sets are read, so that no test row can have a say: Heptune cuts its own splits from
them, and the validation scores of each epoch are printed and written to `benchmarks/results/defaults-<class>.md`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Settings:
    """What one trial sets."""

    epochs: int
    learning_rate: float
    batch_size: int


@dataclass(frozen=True)
class Trials:
    """Settings to compare on one data set, with each seed."""

    name: str
    data: str
    settings: tuple[Settings, ...]
    arguments: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)


TRIALS = (
    Trials(
        "tweets, 27,000 rows",
        "tweet_sentiment_extraction/train.jsonl",
        (Settings(2, 1e-4, 32), Settings(2, 2e-4, 32), Settings(3, 1e-4, 32)),
    ),
    Trials(
        "banking77, 10,000 rows (77 labels)",
        "banking77/train.csv",
        (Settings(4, 1e-4, 32), Settings(4, 2e-4, 32), Settings(8, 1e-4, 32)),
    ),
    Trials(
        "waimai_10k, 12,000 rows (Chinese)",
        "waimai_10k/waimai_10k.csv",
        (Settings(3, 1e-4, 32), Settings(4, 2e-4, 32)),
    ),
    Trials(
        "sst2, 450 rows",
        "sst2/train.tsv",
        tuple(Settings(epochs, rate, 16) for epochs in (4, 6, 8) for rate in (5e-5, 1e-4, 2e-4)),
        ("--sample", "450"),
        (0, 1, 2),
    ),
)


def main() -> None:
    """Run the trials and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of the names of the data sets to try")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    options = parser.parse_args()
    lines = []
    for trials in TRIALS:
        if options.only and not any(trials.name.startswith(name) for name in options.only):
            continue
        for settings in trials.settings:
            lines.append(_try(trials, options.data, settings))
            print(lines[-1], flush=True)
    _write(lines)


def _try(trials: Trials, data: Path, settings: Settings) -> str:
    histories = [_history(trials, data, settings, seed) for seed in trials.seeds]
    by_epoch = [
        f"{sum(history[epoch]['validation']['accuracy'] for history in histories) / len(histories):.4f}"
        for epoch in range(min(map(len, histories)))
    ]
    best = sum(max(epoch["validation"]["accuracy"] for epoch in history) for history in histories) / len(histories)
    return (
        f"| {trials.name} | {settings.epochs} | {settings.learning_rate:g} | {settings.batch_size} | {len(histories)} "
        f"| {best:.4f} | {', '.join(by_epoch)} |"
    )


def _history(trials: Trials, data: Path, settings: Settings, seed: int) -> list[dict]:
    options = ("--epochs", settings.epochs, "--learning-rate", settings.learning_rate)
    options += ("--batch-size", settings.batch_size, "--seed", seed)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "heptune", "run", str(data / trials.data), "--model", "starter"]
        command += [*trials.arguments, *map(str, options), "--out", f"{folder}/run", "--format", "quiet"]
        environment = os.environ | {"XDG_STATE_HOME": folder}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return json.loads(Path(folder, "run", "7_training.json").read_text(encoding="utf-8"))["result"]["fit"][
            "history"
        ]


def _write(lines: list[str]) -> None:
    import torch

    kind = "amx" if torch.cpu.get_capabilities().get("amx_bf16") else "avx2"
    header = [
        f"# Validation accuracy by settings, starter model, {kind.upper()} class",
        "",
        f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}.",
        "Means over the seeds. Validation rows are cut from the training files; test files were not read.",
        "",
        "| data | epochs | learning rate | batch size | seeds | best epoch | after each epoch |",
        "|---|---|---|---|---|---|---|",
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"defaults-{kind}.md").write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
