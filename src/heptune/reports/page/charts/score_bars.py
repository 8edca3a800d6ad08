"""The model's score beside those of others, each with its interval."""

import math
from collections.abc import Mapping

from heptune.i18n import _
from heptune.reports.page.charts.chart import WIDTH, Chart, Dot, Line, Scale, Shape, Words, shortened
from heptune.reports.page.figures import percent, percent_interval
from heptune.schemas.score import Score

LEFT, RIGHT = 118.0, WIDTH - 58.0
ROW = 30.0
TOP = 10.0
MOST_TICKS = 7


def score_bars(metric: str, title: str, scores: Mapping[str, Score]) -> Chart:
    """Draw the scores of one metric.

    Args:
        metric: Its name in results.
        title: Its name for people.
        scores: By who has them; the first is the model.
    """
    scale = Scale(*_range(scores), LEFT, RIGHT)
    bottom = TOP + ROW * len(scores)
    shapes: list[Shape] = []
    tenths = range(round(10 * scale.low), round(10 * scale.high) + 1)
    for tenth in tenths[:: 1 if len(tenths) <= MOST_TICKS else 2]:
        place = scale(tenth / 10)
        shapes += [Line(place, TOP, place, bottom, "grid")]
        shapes += [Words(place, bottom + 16, percent(tenth / 10, digits=0), "tick", "middle")]
    for number, (name, score) in enumerate(scores.items()):
        y = TOP + ROW * (number + 0.5)
        style = "ours" if number == 0 else "theirs"
        shapes.append(Words(0, y + 4, shortened(name, 18), "label strong" if number == 0 else "label"))
        if score.low is not None and score.high is not None:
            shapes.append(Line(scale(score.low), y, scale(score.high), y, f"interval {style}"))
        shapes.append(Dot(scale(score.value), y, 5.5, style))
        shapes.append(Words(WIDTH, y + 4, percent(score.value), "label strong" if number == 0 else "label", "end"))
    return Chart(
        name=f"scores-{metric}",
        title=title,
        description=_("Dots are scores, lines their 95 % intervals."),
        in_words="; ".join(f"{name}: {percent_interval(score)}" for name, score in scores.items()),
        height=bottom + 22,
        shapes=shapes,
        header=("", title, _("95 % interval")),
        rows=[(name, percent(score.value), percent_interval(score, alone=True)) for name, score in scores.items()],
    )


def _range(scores: Mapping[str, Score]) -> tuple[float, float]:
    """Return the tenths between which everything lies."""
    lows = [score.value if score.low is None else score.low for score in scores.values()]
    highs = [score.value if score.high is None else score.high for score in scores.values()]
    low, high = math.floor(10 * min(lows) + 1e-9) / 10, math.ceil(10 * max(highs) - 1e-9) / 10
    return (low, high) if high > low else (max(0.0, low - 0.1), min(1.0, high + 0.1))
