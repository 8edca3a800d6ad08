"""Which classes are taken for which."""

from collections.abc import Sequence

from heptune.i18n import _
from heptune.reports.page.charts.chart import WIDTH, Box, Chart, Shape, Words, shortened

LABELS = 150.0
MOST_LABELS = 20
SMALLEST_CELL = 30.0
TOP = 42.0
# From this share on the figure in a cell is written in the other colour.
DARK = 0.55


def confusion_matrix(labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> Chart:
    """Draw the counts `[C, C]`, a row per true class; cells are as dark as their share of the row."""
    cell = max(SMALLEST_CELL, min(64.0, (WIDTH - LABELS) / len(labels)))
    shapes: list[Shape] = [Words(LABELS + cell * len(labels) / 2, 12, _("answered"), "tick", "middle")]
    for number in range(len(labels)):
        shapes.append(Words(LABELS + cell * (number + 0.5), TOP - 10, str(number + 1), "tick", "middle"))
    for row, (label, counts) in enumerate(zip(labels, confusion, strict=True)):
        y, total = TOP + cell * row, sum(counts)
        shapes.append(Words(0, y + cell / 2 + 4, f"{row + 1}  {shortened(label, 20)}"))
        for column, count in enumerate(counts):
            share = count / total if total else 0.0
            x = LABELS + cell * column
            shapes.append(Box(x + 1, y + 1, cell - 2, cell - 2, "cell"))
            style = "right" if row == column else "wrong"
            if count:
                shapes.append(Box(x + 1, y + 1, cell - 2, cell - 2, style, round(max(share, 0.06), 3)))
                dark = " on-dark" if share > DARK else ""
                shapes.append(Words(x + cell / 2, y + cell / 2 + 4, str(count), f"count{dark}", "middle"))
    return Chart(
        name="confusion",
        title=_("What was taken for what"),
        description=_(
            "A row for each true class, a column for each answer, with counts of rows. {count:,} of {rows:,} lie "
            "on the diagonal and are right.",
            count=sum(confusion[number][number] for number in range(len(labels))),
            rows=sum(map(sum, confusion)),
        ),
        width=max(WIDTH, LABELS + cell * len(labels) + 2),
        height=TOP + cell * len(labels) + 6,
        shapes=shapes,
        header=(_("true class"), *labels),
        rows=[(label, *map(str, counts)) for label, counts in zip(labels, confusion, strict=True)],
        keys=(("right", _("right")), ("wrong", _("wrong"))),
    )
