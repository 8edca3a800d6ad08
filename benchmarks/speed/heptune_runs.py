"""What a run of `heptune run --format json` tells."""

import json
from pathlib import Path

from benchmarks.speed.contest import Contestant, Figures


def heptune_run(
    name: str, *arguments: object, rows: int = 0, seeded: bool = False, rounds: int | None = None
) -> Contestant:
    """Return a contestant that is a whole `heptune run`, as a user types it."""
    command = ("-m", "heptune", "run", *map(str, arguments), "--format", "json")
    return Contestant(name, command, rows, read=read_run, seeded=seeded, rounds=rounds)


def read_run(output: str) -> Figures:
    """Return the figures of a run; of one that was stopped early, the seconds of its steps alone."""
    printed = json.loads(output)
    seconds = {f"{step}_seconds": value for step, value in printed["seconds"].items()}
    stored = Path(printed["run"], "7_training.json")
    if "test" not in printed:
        return seconds
    fit = json.loads(stored.read_text(encoding="utf-8"))["result"]["fit"]
    estimate = fit["estimate"] or {}
    return seconds | {
        "accuracy": printed["test"]["accuracy"]["value"],
        "precision": fit["precision"],
        "train_rows_per_second": fit["train_rows_per_second"],
        "fit_seconds": fit["seconds"],
        "fit_peak_mib": fit["peak_memory_mib"],
        "estimated_seconds": estimate.get("seconds"),
        "estimated_mib": estimate.get("peak_memory_mib"),
    }
