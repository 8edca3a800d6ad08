"""How cost grows with the number of labels."""

from benchmarks.speed.contest import Contestant, Standings, at_work
from benchmarks.speed.figures import middle, spread
from benchmarks.speed.group import Setting
from benchmarks.speed.tables import GROWTH_LABELS, Report


class GrowthWithLabels:
    """MiniLM with 2 to 1,000 of them."""

    name = "growth with labels"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return one for each number of labels."""
        sizes, material = setting.sizes, setting.material
        model, rows = material.model("MiniLM"), sizes.growth_label_rows
        return [
            at_work(_named(labels), "heptune_full", model, material.many_labels(labels, rows), rows)
            for labels in sizes.growth_labels
        ]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return a row for each number of labels."""
        rows = []
        for labels in setting.sizes.growth_labels:
            standing = standings[_named(labels)]
            pace = standing.reason.replace("|", "/") or spread(standing.values("rows_per_second"))
            rows.append([f"{labels:,}", pace, middle(standing.values("peak_mib")), str(len(standing.figures))])
        return {GROWTH_LABELS: rows}


def _named(labels: int) -> str:
    return f"{labels:,} labels"
