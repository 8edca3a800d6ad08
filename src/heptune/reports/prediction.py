"""What came of predicting a file, in lines."""

from heptune.i18n import _
from heptune.schemas.prediction import PredictionReport


def prediction_lines(report: PredictionReport) -> list[str]:
    """Return what was written, and how fast."""
    rate = report.rows / max(report.seconds, 1e-9)
    lines = [
        _(
            "{rows:,} rows in {seconds:,.1f} s ({rate:,.0f} a second)",
            rows=report.rows,
            seconds=report.seconds,
            rate=rate,
        )
    ]
    if report.kept_rows:
        lines.append(_("{rows:,} rows were answered before and are kept", rows=report.kept_rows))
    if report.truncated:
        lines.append(_("{rows:,} texts are longer than the model reads and are cut", rows=report.truncated))
    if report.needs_review:
        lines.append(_("{rows:,} answers are for a person to look at", rows=report.needs_review))
    return [*lines, _("answers  {out}", out=report.out)]
