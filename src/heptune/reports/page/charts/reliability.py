"""Whether answers are right as often as their scores say."""

import math
from collections.abc import Sequence

from heptune.i18n import _
from heptune.reports.page.charts.axes import HEIGHT, across, axes, tenths, upward
from heptune.reports.page.charts.chart import Chart, Dot, Line, Shape
from heptune.reports.page.figures import percent, share_interval
from heptune.schemas.calibration import ReliabilityBin


def reliability(bins: Sequence[ReliabilityBin]) -> Chart:
    """Draw groups of test rows with scores of a like height: their mean score, and how many are right."""
    intervals = [share_interval(round(one.accuracy * one.rows), one.rows) for one in bins]
    lowest = min([one.confidence for one in bins] + [low for low, _high in intervals])
    low = math.floor(10 * lowest) / 10
    x, y = across(low, 1.0), upward(low, 1.0)
    largest = max(one.rows for one in bins)
    shapes: list[Shape] = axes(
        x,
        y,
        x_ticks=tenths(low, 1.0),
        y_ticks=tenths(low, 1.0),
        x_title=_("mean score of the answer"),
        y_title=_("right"),
        x_text=lambda tick: percent(tick, digits=0),
        y_text=lambda tick: percent(tick, digits=0),
    )
    shapes.append(Line(x(low), y(low), x(1.0), y(1.0), "ideal"))
    for one, (below, above) in zip(bins, intervals, strict=True):
        shapes.append(Line(x(one.confidence), y(below), x(one.confidence), y(above), "interval theirs"))
        shapes.append(
            Dot(x(one.confidence), y(one.accuracy), round(2.5 + 3 * math.sqrt(one.rows / largest), 1), "ours")
        )
    return Chart(
        name="reliability",
        title=_("Is a score of 80 % right 80 % of the time?"),
        description=_(
            "Each dot stands for rows with scores of a like height: how high across, how many of them right "
            "upward, with 95 % intervals. On the dashed line both are the same; below it, scores promise too much."
        ),
        height=HEIGHT,
        shapes=shapes,
        header=(_("rows"), _("mean score"), _("right"), _("95 % interval")),
        rows=[
            (f"{one.rows:,}", percent(one.confidence), percent(one.accuracy), f"{percent(below)} – {percent(above)}")
            for one, (below, above) in zip(bins, intervals, strict=True)
        ],
    )
