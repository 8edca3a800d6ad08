"""What more labels are worth, in sentences."""

from heptune.i18n import _
from heptune.schemas.learning_curve import LearningCurve, MeasuredCurve


def curve_lines(curve: LearningCurve) -> list[str]:
    """Return what was measured, what is to be expected, and which labels come first."""
    if curve.reason is not None:
        return [str(curve.reason)]
    lines = [line for measured in curve.curves for line in _measured(measured)]
    labels = ", ".join(f"{label} (F1 {score:.1%})" for label, score in curve.label_first.items())
    return [*lines, _("label first: {labels}", labels=labels)]


def _measured(curve: MeasuredCurve) -> list[str]:
    points = ", ".join(
        _("{rows:,} rows {accuracy:.1%}", rows=point.rows, accuracy=point.accuracy.value) for point in curve.points
    )
    said = [
        _(
            "{method}, judged on {judged:,} rows that it did not learn from: {points}",
            method=curve.method,
            judged=curve.judged,
            points=points,
        )
    ]
    for more, gain in curve.gains.items():
        said.append(
            _(
                "    {more:,} more rows are worth about {gain:+.1f} [{low:+.1f}, {high:+.1f}] points of accuracy",
                more=more,
                gain=100 * gain.value,
                low=100 * (gain.low or 0.0),
                high=100 * (gain.high or 0.0),
            )
        )
    return list(map(str, said))
