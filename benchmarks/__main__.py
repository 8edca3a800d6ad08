"""How fast and how large Heptune is beside others, all in one run on this machine.

    python -m benchmarks [--only NAME ...] [--quick] [--data FOLDER] [--tokenizer FOLDER]

Contestants are processes of their own that take turns; figures are medians. They are printed and merged into
`benchmarks/results/speed-<class>.md`, those of `--quick` into `speed-quick-<class>.md`; `<class>` is the kind of CPU:
amx, avx512 or avx2. The rows of contests that are left out stay.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.speed.checks import Checks
from benchmarks.speed.cold_start import ColdStart
from benchmarks.speed.contest import Contestant, Standing, interleave, take_turn
from benchmarks.speed.figures import write
from benchmarks.speed.group import Group, Setting
from benchmarks.speed.growth_labels import GrowthWithLabels
from benchmarks.speed.growth_length import GrowthWithLength
from benchmarks.speed.growth_rows import GrowthWithRows
from benchmarks.speed.material import Material
from benchmarks.speed.process import run_process
from benchmarks.speed.scoring import Scoring
from benchmarks.speed.sizes import QUICK, TINY, WHOLE, Sizes
from benchmarks.speed.tables import Report, write_page
from benchmarks.speed.training import Training
from benchmarks.table import RESULTS, table_line

GROUPS: tuple[Group, ...] = (
    Training("GPT-2"),
    Training("MiniLM"),
    ColdStart(),
    Scoring("MiniLM"),
    Scoring("GPT-2"),
    GrowthWithRows(),
    GrowthWithLength(),
    GrowthWithLabels(),
    Checks(),
)


def main() -> None:
    """Hold the contests and write the tables.

    Raises:
        SystemExit: a contestant broke, or there is no such contest.
    """
    options = _options()
    sizes = TINY if options.tiny else QUICK if options.quick else WHOLE
    groups = [group for group in GROUPS if not options.only or group.name.startswith(tuple(options.only))]
    if not groups:
        raise SystemExit(f"no such contest; there are: {', '.join(group.name for group in GROUPS)}")
    machine = _machine()
    path = options.results / f"{'-'.join(filter(None, ('speed', sizes.name, machine['kind'])))}.md"
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(Material(Path(folder), options.data, options.tokenizer), sizes, machine["kind"])
        for group in groups:
            report, broken = _hold(group, setting)
            write_page(path, _top(sizes, machine), report, machine["measured"])
            _show(report)
            failed += broken
    print(path)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of the names of the contests to hold")
    parser.add_argument("--quick", action="store_true", help="less work and fewer rounds, in some minutes")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the data sets")
    parser.add_argument(
        "--tokenizer", type=Path, default=Path("../shared/models/gpt2-tokenizer"), help="folder with that of GPT-2"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the tables")
    return parser.parse_args()


def _hold(group: Group, setting: Setting) -> tuple[Report, list[str]]:
    """Return what is reported of a contest, and who broke in it."""
    contestants = group.contestants(setting)
    started = time.perf_counter()

    def measure(contestant: Contestant, number: int) -> Standing:
        turn = take_turn(contestant, number, setting.material.state)
        _tell(group, contestant, number, turn)
        return turn

    standings = interleave(contestants, setting.sizes.rounds, measure)
    print(f"{group.name}: {(time.perf_counter() - started) / 60:.1f} minutes", file=sys.stderr)
    broken = [f"{group.name}: {name}" for name, standing in standings.items() if standing.failed]
    return group.report(setting, contestants, standings), broken


def _tell(group: Group, contestant: Contestant, number: int, turn: Standing) -> None:
    pace = turn.values("rows_per_second")
    figures = [f"{write(turn.values('process_seconds')[0])} s"] if turn.figures else [turn.reason]
    figures += [f"{write(pace[0])} rows/s"] if pace else []
    print(f"{group.name}, round {number + 1}: {contestant.name}: {', '.join(figures)}", file=sys.stderr, flush=True)


def _machine() -> dict[str, Any]:
    """Return the machine's description, from a process that may open torch."""
    finished = run_process([sys.executable, "-m", "benchmarks.speed.machine"], os.environ)
    if finished.code:
        raise SystemExit(finished.errors)
    described: dict[str, Any] = json.loads(finished.output)
    return described


def _top(sizes: Sizes, machine: dict[str, Any]) -> list[str]:
    form = f", {sizes.name} form" if sizes.name else ""
    return [f"# Speed and memory{form}, {machine['kind'].upper()} class", "", *machine["lines"], f"- {date.today()}"]


def _show(report: Report) -> None:
    for table, rows in report.items():
        if rows:
            print(f"\n{table.title}\n")
            print("\n".join(map(table_line, ([*table.columns], ["---"] * len(table.columns), *rows))), flush=True)


if __name__ == "__main__":
    main()
