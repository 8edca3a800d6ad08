"""How the loss went down while the model learned."""

import math
from collections.abc import Sequence

from heptune.i18n import _
from heptune.reports.page.charts.axes import BOTTOM, HEIGHT, TOP, across, axes, upward
from heptune.reports.page.charts.chart import Chart, Curve, Dot, Line, Shape
from heptune.reports.page.figures import decimal
from heptune.schemas.training import EpochRecord

METRIC = "log_loss"
MOST_TICKS = 8


def history(epochs: Sequence[EpochRecord], best: int | None) -> Chart:
    """Draw the loss of each epoch, on the rows that were learnt from and on those that choose."""
    x = across(0.5, len(epochs) + 0.5) if len(epochs) == 1 else across(1, len(epochs))
    learnt = [(epoch.epoch, epoch.training_loss) for epoch in epochs]
    chosen = [(epoch.epoch, epoch.validation[METRIC]) for epoch in epochs if METRIC in epoch.validation]
    losses = [loss for _epoch, loss in (*learnt, *chosen)]
    step = _step(max(losses))
    y = upward(0.0, step * max(1, math.ceil(max(losses) / step)))
    every = math.ceil(len(epochs) / MOST_TICKS)
    shapes: list[Shape] = axes(
        x,
        y,
        x_ticks=[epoch.epoch for epoch in epochs if (epoch.epoch - 1) % every == 0],
        y_ticks=[step * number for number in range(round(y.high / step) + 1)],
        x_title=_("epoch"),
        y_title=_("loss"),
        x_text=lambda tick: f"{tick:.0f}",
        y_text=lambda tick: f"{tick:.2g}",
    )
    if best is not None:
        shapes.append(Line(x(best), TOP + 10, x(best), BOTTOM, "mark"))
    for style, points in (("theirs", learnt), ("ours", chosen)):
        if points:
            places = [(x(epoch), y(loss)) for epoch, loss in points]
            shapes.append(Curve(places, f"curve {style}"))
            shapes += [Dot(*place, 3.5, style) for place in places]
    metrics = list(epochs[0].validation)
    return Chart(
        name="history",
        title=_("How it learned"),
        description=_(
            "Mean loss of each epoch; the dashed line marks the epoch that was kept. The validation rows were not "
            "learned from."
        ),
        height=HEIGHT,
        shapes=shapes,
        header=(_("epoch"), _("training loss"), *metrics),
        rows=[
            (str(epoch.epoch), decimal(epoch.training_loss), *(decimal(epoch.validation[name]) for name in metrics))
            for epoch in epochs
        ],
        keys=(("theirs", _("rows to learn from")), *((("ours", _("validation rows")),) if chosen else ())),
    )


def _step(largest: float) -> float:
    """Return a round figure of which some four make up the largest."""
    rough = max(largest, 1e-6) / 4
    magnitude = 10 ** math.floor(math.log10(rough))
    return float(next(size * magnitude for size in (1, 2, 5, 10) if size * magnitude >= rough))
