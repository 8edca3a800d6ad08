"""What it costs to look for what is wrong with data: `heptune check` on ever more rows."""

import json
from statistics import median

from benchmarks.speed.contest import Contestant, Figures, Standings
from benchmarks.speed.figures import NONE, middle
from benchmarks.speed.group import Setting
from benchmarks.speed.growth_rows import MANY_ROWS
from benchmarks.speed.tables import CHECKS, Report


class Checks:
    """All checks, on the tweets and beyond them on the same with words changed."""

    name = "checks"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return one for each number of rows."""
        return [self._check(setting, rows) for rows in setting.sizes.growth_rows]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return a row for each number of rows."""
        return {CHECKS: [_row(rows, standings) for rows in setting.sizes.growth_rows]}

    @staticmethod
    def _check(setting: Setting, rows: int) -> Contestant:
        command = ("-m", "heptune", "check", str(setting.material.many_rows(rows)), "--format", "json")
        rounds = 1 if rows >= MANY_ROWS else None
        return Contestant(_name(rows), command, rows, read=read_report, rounds=rounds)


def read_report(output: str) -> Figures:
    """Return how much was found."""
    findings = json.loads(output)["findings"]
    return {finding["name"]: finding["count"] for finding in findings}


def _name(rows: int) -> str:
    return f"heptune check, {rows:,} rows"


def _row(rows: int, standings: Standings) -> list[str]:
    standing = standings[_name(rows)]
    if standing.reason:
        return [f"{rows:,}", standing.reason.replace("|", "/"), *([NONE] * 4)]
    return [
        f"{rows:,}",
        middle(standing.values("process_seconds")),
        middle(standing.values("peak_mib")),
        *(_count(standing.values(name)) for name in ("duplicates", "near_duplicates")),
        str(len(standing.figures)),
    ]


def _count(values: list[float]) -> str:
    return f"{int(median(values)):,}" if values else NONE
