"""A whole job from a cold start: a process that learns from 1,000 tweets, tests itself and leaves a model."""

from statistics import mean

from benchmarks.speed.contest import Contestant, Standing, Standings
from benchmarks.speed.group import Setting
from benchmarks.speed.heptune_runs import heptune_run
from benchmarks.speed.ratios import estimate_row, ratio_row
from benchmarks.speed.tables import CONTESTANTS, ESTIMATES, RATIOS, Report, contestant_rows
from benchmarks.speed.targets import COLD_START

OURS = "heptune run"
# With less accuracy than the expert's by more than this, being quick is no merit.
TOLERATED_POINTS = 1.0


class ColdStart:
    """`heptune run` beside an expert's script, each round with a seed of its own that draws the same rows for all."""

    name = "cold start"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return who takes part."""
        sizes, material = setting.sizes, setting.material
        few = ("--test-sample", sizes.job_test_rows) if sizes.job_test_rows else ()
        job = (material.tweets, "--model", "starter", "--sample", sizes.job_rows, *few)
        out = ("--out", material.folder / "cold-start", "--fresh")
        ours = heptune_run(OURS, *job, *out, rows=sizes.job_rows, seeded=True)
        return [ours, *(self._expert(setting, batch) for batch in sizes.job_batches)]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return the ratios to each batch size of the expert's."""
        sizes = setting.sizes
        ratios = []
        for batch in sizes.job_batches:
            ours, theirs = standings[OURS], standings[expert_name(batch)]
            row = ratio_row(
                f"MiniLM, {sizes.job_rows:,} rows, cold start to a tested model, s: {expert_name(batch)} ÷ {OURS}",
                ours.values("process_seconds"),
                theirs.values("process_seconds"),
                setting.kind,
                COLD_START,
                less_is_better=True,
            )
            row[3] += points(ours, theirs)
            ratios.append(row)
        return {
            RATIOS: ratios,
            CONTESTANTS: contestant_rows(self.name, contestants, standings),
            ESTIMATES: estimate_row(self.name, standings[OURS]),
        }

    @staticmethod
    def _expert(setting: Setting, batch: int) -> Contestant:
        sizes, tweets = setting.sizes, setting.material.tweets
        options: tuple[object, ...] = ("--model", setting.material.model("MiniLM"), "--texts", tweets / "train.jsonl")
        options += ("--test", tweets / "test.jsonl", "--sample", sizes.job_rows, "--batch-size", batch)
        options += ("--test-rows", sizes.job_test_rows) if sizes.job_test_rows else ()
        command = ("-m", "benchmarks.contestants.trainer_job", *map(str, options))
        return Contestant(expert_name(batch), command, sizes.job_rows, seeded=True)


def expert_name(batch: int) -> str:
    """Return the name of an expert's script with a batch size."""
    return f"Trainer, 5 epochs, batch {batch}"


def points(ours: Standing, theirs: Standing) -> str:
    """Return how much more accurate ours is, and whether the ratio counts."""
    if not ours.figures or not theirs.figures:
        return ""
    difference = 100 * (mean(ours.values("accuracy")) - mean(theirs.values("accuracy")))
    counts = "" if difference >= -TOLERATED_POINTS else ", does not count"
    return f" ({difference:+.1f} points of accuracy{counts})"
