"""How good the defaults are: whole runs on the data sets beside the project, several seeds, test accuracy.

    python -m benchmarks.accuracy [--only NAME ...] [--data FOLDER] [--decoder FOLDER]

Each job is one `heptune run` in a process of its own, as a user would type it. Results are printed and written to
`benchmarks/results/accuracy-<class>.md`; `<class>` is amx or avx2, the kind of CPU. Nothing is chosen by these figures:
they are test rows.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Job:
    """One row of the table: a name, the data, further arguments, and the seeds."""

    name: str
    data: str
    arguments: tuple[str, ...]
    seeds: tuple[int, ...] = (42, 43, 44)
    needs_decoder: bool = False


JOBS = (
    Job("quickstart sample", "sample:english", ("--model", "starter")),
    Job("tweets, 1,000 rows", "tweet_sentiment_extraction", ("--model", "starter", "--sample", "1000")),
    Job("tweets, all rows", "tweet_sentiment_extraction", ("--model", "starter"), seeds=(42,)),
    Job("sst2, 450 rows", "sst2", ("--model", "starter", "--sample", "450")),
    Job("banking77, all rows", "banking77", ("--model", "starter"), seeds=(42,)),
    Job("waimai_10k, all rows (Chinese)", "waimai_10k/waimai_10k.csv", ("--model", "starter"), seeds=(42,)),
    Job(
        "tweets, 1,000 rows, SmolLM2-135M (4-bit rounded weights), 3 epochs, 1,000 test rows",
        "tweet_sentiment_extraction",
        ("--sample", "1000", "--test-sample", "1000", "--epochs", "3"),
        needs_decoder=True,
    ),
)


def main() -> None:
    """Run the jobs and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of the names of the jobs to run")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    parser.add_argument("--decoder", type=Path, help="folder with a pretrained decoder, for the jobs that need one")
    options = parser.parse_args()
    lines = []
    for job in JOBS:
        if options.only and not any(job.name.startswith(name) for name in options.only):
            continue
        if job.needs_decoder and options.decoder is None:
            print(f"left out, no --decoder: {job.name}", file=sys.stderr)
            continue
        lines.append(_measure(job, options.data, options.decoder))
        print(lines[-1], flush=True)
    _write(lines)


def _measure(job: Job, data: Path, decoder: Path | None) -> str:
    runs = [_run(job, data, decoder, seed) for seed in job.seeds]
    accuracy = [run["test"]["accuracy"]["value"] for run in runs]
    macro_f1 = [run["test"]["macro_f1"]["value"] for run in runs]
    baseline = [run["baselines"]["tfidf"]["accuracy"]["value"] for run in runs]
    lowest = min(run["comparisons"]["tfidf"]["difference"]["low"] for run in runs)
    seconds = statistics.median(sum(run["seconds"].values()) for run in runs)
    spread = f" ({min(accuracy):.3f} – {max(accuracy):.3f})" if len(runs) > 1 else ""
    return (
        f"| {job.name} | {', '.join(map(str, job.seeds))} | {runs[0]['test']['n']:,} "
        f"| {statistics.mean(accuracy):.3f}{spread} | {statistics.mean(macro_f1):.3f} "
        f"| {statistics.mean(baseline):.3f} | {100 * lowest:+.1f} | {seconds:.0f} |"
    )


def _run(job: Job, data: Path, decoder: Path | None, seed: int) -> dict:
    source = job.data if job.data.startswith("sample:") else str(data / job.data)
    model = ("--model", str(decoder)) if job.needs_decoder else ()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "heptune", "run", source, *job.arguments, *model]
        command += ["--seed", str(seed), "--out", f"{folder}/run", "--format", "json"]
        environment = os.environ | {"XDG_STATE_HOME": folder}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def _write(lines: list[str]) -> None:
    import torch

    kind = "amx" if torch.cpu.get_capabilities().get("amx_bf16") else "avx2"
    header = [
        f"# Test accuracy of the defaults, {kind.upper()} class",
        "",
        f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}.",
        "Accuracy is the mean over the seeds, with the smallest and the largest. The last but one column is the lowest",
        "lower end over the seeds of the paired 95 % interval of the difference to TF-IDF, in points. Seconds are of a",
        "whole run.",
        "",
        "| job | seeds | test rows | accuracy | macro-F1 | TF-IDF | above TF-IDF by at least | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"accuracy-{kind}.md").write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
