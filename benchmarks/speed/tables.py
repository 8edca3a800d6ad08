"""The tables of the results, and the file that they stand in."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.contest import Contestant, Standings
from benchmarks.speed.figures import NONE, middle, spread
from benchmarks.table import Table, merge_page

RATIOS = Table(
    "ratios",
    "Ratios",
    (
        "Of the medians of one run's rounds, in which contestants took turns. Targets bind on their own class of CPU;",
        "a dash stands where there is none. Memory is the whole process's peak.",
    ),
    ("what", "ours", "theirs", "ratio", "lowest – highest in a round", "at least", "aim"),
)
CONTESTANTS = Table(
    "contestants",
    "Contestants",
    (
        "Rows a second of the training steps alone, or of scoring alone, models opened; median, lowest – highest. The",
        "seconds are of the whole process, from its start to its end, imports included.",
    ),
    ("contestant", "rows", "rows/s", "process, s", "peak, MiB", "rounds", "remarks"),
)
ESTIMATES = Table(
    "estimates",
    "Estimates before training",
    ("What Heptune foretold before each training, and what came: medians of the rounds, lowest and highest error.",),
    ("training", "foretold, s", "took, s", "error", "foretold, MiB", "took, MiB", "error of memory"),
)
GROWTH_ROWS = Table(
    "growth-rows",
    "Cost by rows",
    (
        "MiniLM. Beyond the 27,480 tweets, rows come again with words changed. Steps 1 to 4 read, split and tokenize",
        "all rows. Training is stopped after some time: its pace and its memory are measured, the time of an epoch is",
        "arithmetic. Test rows are the same 1,000 throughout.",
    ),
    (
        "training rows",
        "steps 1–4, process, s",
        "their peak, MiB",
        "steps 5 and 6, s",
        "training, rows/s",
        "one epoch at this pace, min",
        "bundle and scoring, s",
        "peak of steps 5–7, MiB",
        "rounds",
    ),
)
GROWTH_LENGTH = Table(
    "growth-length",
    "Cost by length",
    (
        "The same number of tokens at each length of a model, texts of one training equally long, 2,048 tokens a step,",
        "Trainer as an expert sets it, its first step not counted, as there are few. Nothing needs padding here: what",
        "is seen is attention, and what a text costs.",
    ),
    ("texts", "ours, tokens/s", "Trainer, tokens/s", "ratio", "ours, MiB", "Trainer, MiB", "rounds"),
)
GROWTH_LABELS = Table(
    "growth-labels",
    "Cost by labels",
    ("MiniLM, the same tweets with labels that take turns, batches of 32.",),
    ("labels", "training, rows/s", "peak, MiB", "rounds"),
)
CHECKS = Table(
    "checks",
    "Checks of the data",
    (
        "`heptune check`, all checks, test rows among them. Beyond the 27,480 tweets, rows come again with words",
        "changed, so that near copies grow with them.",
    ),
    ("training rows", "process, s", "peak, MiB", "copies", "near copies", "rounds"),
)
ALL_TABLES = (RATIOS, CONTESTANTS, ESTIMATES, GROWTH_ROWS, GROWTH_LENGTH, GROWTH_LABELS, CHECKS)

Report = dict[Table, list[list[str]]]


def write_page(path: Path, top: Sequence[str], report: Report, measured: str) -> None:
    """Merge a report into its file; each row is told when and with what it was measured."""
    merge_page(path, top, {table: [[*row, measured] for row in report.get(table, [])] for table in ALL_TABLES})


def contestant_rows(group: str, contestants: Sequence[Contestant], standings: Standings) -> list[list[str]]:
    """Return a row for each contestant, also for one without figures."""
    rows = []
    for contestant in contestants:
        standing = standings[contestant.name]
        cells = [
            f"{contestant.rows:,}" if contestant.rows else NONE,
            spread(standing.values("rows_per_second")),
            middle(standing.values("process_seconds")),
            middle(standing.values("peak_mib")),
            str(len(standing.figures)),
            standing.reason.replace("|", "/") or _remarks(standings, contestant.name),
        ]
        rows.append([f"{group}: {contestant.name}", *cells])
    return rows


def _remarks(standings: Standings, name: str) -> str:
    standing = standings[name]
    remarks = [str(precision)] if (precision := standing.last.get("precision")) else []
    if accuracy := standing.values("accuracy"):
        remarks.append(f"test accuracy {sum(accuracy) / len(accuracy):.3f}")
    if (agreement := standing.last.get("agreement")) is not None:
        compared = standing.last["compared_texts"]
        remarks.append(f"the same class as the network for {100 * agreement:.1f} % of {compared} texts")
    return ", ".join(remarks)
