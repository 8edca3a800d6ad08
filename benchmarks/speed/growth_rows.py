"""How cost grows with rows: for each number of rows one run that is stopped after step 4, and one to its end."""

from benchmarks.speed.contest import Contestant, Standings
from benchmarks.speed.figures import NONE, middle
from benchmarks.speed.group import Setting
from benchmarks.speed.heptune_runs import heptune_run
from benchmarks.speed.ratios import estimate_row
from benchmarks.speed.tables import ESTIMATES, GROWTH_ROWS, Report

# From this many rows on, one round has to do.
MANY_ROWS = 1_000_000
TEST_ROWS = 1_000


class GrowthWithRows:
    """MiniLM; training is bounded in time, for a million rows take hours."""

    name = "growth with rows"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return two for each number of rows: the second does all steps anew, and those from 5 on are counted."""
        return [one for rows in setting.sizes.growth_rows for one in self._pair(setting, rows)]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return a row for each number of rows."""
        counts = setting.sizes.growth_rows
        estimates = [
            row
            for rows in counts
            for row in estimate_row(f"{self.name}, {rows:,}, bounded in time", standings[_rest(rows)])
        ]
        return {GROWTH_ROWS: [_row(rows, standings) for rows in counts], ESTIMATES: estimates}

    @staticmethod
    def _pair(setting: Setting, rows: int) -> list[Contestant]:
        data, folder = setting.material.many_rows(rows), setting.material.folder / f"growth-{rows}"
        common: tuple[object, ...] = (
            data,
            "--model",
            "starter",
            "--test-sample",
            TEST_ROWS,
            "--epochs",
            1,
            "--batch-size",
            32,
            "--out",
            folder,
        )
        common += ("--set", f"goal.max_training_minutes={setting.sizes.growth_minutes}")
        rounds = 1 if rows >= MANY_ROWS else None
        return [
            heptune_run(_reading(rows), *common, "--fresh", "--stop-after", 4, rows=rows, rounds=rounds),
            heptune_run(_rest(rows), *common, "--fresh", rows=rows, rounds=rounds),
        ]


def _reading(rows: int) -> str:
    return f"{rows:,} rows, steps 1 to 4"


def _rest(rows: int) -> str:
    return f"{rows:,} rows, steps 5 to 7"


def _row(rows: int, standings: Standings) -> list[str]:
    reading, rest = standings[_reading(rows)], standings[_rest(rows)]
    if reason := reading.reason or rest.reason:
        return [f"{rows:,}", reason.replace("|", "/"), *([NONE] * 7)]
    before = [a + b for a, b in zip(rest.values("model_seconds"), rest.values("evaluation_seconds"), strict=True)]
    after = [a - b for a, b in zip(rest.values("training_seconds"), rest.values("fit_seconds"), strict=True)]
    pace = rest.values("train_rows_per_second")
    return [
        f"{rows:,}",
        middle(reading.values("process_seconds")),
        middle(reading.values("peak_mib")),
        middle(before),
        middle(pace),
        middle([rows / one / 60 for one in pace]),
        middle(after),
        middle(rest.values("peak_mib")),
        str(len(rest.figures)),
    ]
