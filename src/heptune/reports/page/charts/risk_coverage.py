"""How much more often answers are right where the least sure ones go to a person."""

import math

import numpy as np
import numpy.typing as npt

from heptune.evaluation.predictions import FloatArray
from heptune.i18n import _
from heptune.reports.page.charts.axes import BOTTOM, HEIGHT, TOP, across, axes, tenths, upward
from heptune.reports.page.charts.chart import Chart, Curve, Line, Shape, Words
from heptune.reports.page.figures import percent, share_interval

POINTS = 20
# Of fewer rows a share says next to nothing.
FEWEST_ROWS = 10


def risk_coverage(scores: FloatArray, right: npt.NDArray[np.bool_], accepted: float | None) -> Chart:
    """Draw the share of right answers among the surest ones.

    Args:
        scores: Of the answers `[n]`.
        right: Whether each is right `[n]`.
        accepted: Share of the rows that the bundle's threshold accepts; None without one.
    """
    in_order = right[np.argsort(-scores, kind="stable")]
    counts = sorted({max(FEWEST_ROWS, round(len(right) * point / POINTS)) for point in range(1, POINTS + 1)})
    counts = [count for count in counts if count <= len(right)] or [len(right)]
    hits = np.cumsum(in_order)
    points = [
        (count / len(right), hits[count - 1] / count, *share_interval(int(hits[count - 1]), count)) for count in counts
    ]
    low = math.floor(10 * min(point[2] for point in points)) / 10
    x, y = across(0.0, 1.0), upward(low, 1.0)
    shapes: list[Shape] = axes(
        x,
        y,
        x_ticks=[0.0, 0.25, 0.5, 0.75, 1.0],
        y_ticks=tenths(low, 1.0),
        x_title=_("share answered by the model alone, the surest first"),
        y_title=_("right"),
        x_text=lambda tick: percent(tick, digits=0),
        y_text=lambda tick: percent(tick, digits=0),
    )
    above = [(x(share), y(high)) for share, _value, _low, high in points]
    below = [(x(share), y(least)) for share, _value, least, _high in reversed(points)]
    shapes.append(Curve([*above, *below], "band", closed=True))
    shapes.append(Curve([(x(share), y(value)) for share, value, *_interval in points], "curve ours"))
    if accepted is not None:
        shapes.append(Line(x(accepted), TOP + 10, x(accepted), BOTTOM, "mark"))
        shapes.append(Words(x(accepted), TOP + 6, _("threshold"), "tick", "middle"))
    return Chart(
        name="risk-coverage",
        title=_("If a person takes the unsure ones"),
        description=_(
            "The curve tells how many of the surest answers are right, from few of them to all; the band is the 95 % "
            "interval of each point."
        ),
        height=HEIGHT,
        shapes=shapes,
        header=(_("answered alone"), _("right"), _("95 % interval")),
        rows=[
            (percent(share, digits=0), percent(value), f"{percent(least)} – {percent(most)}")
            for share, value, least, most in points
        ],
    )
