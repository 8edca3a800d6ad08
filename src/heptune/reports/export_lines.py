"""An export in lines for a terminal."""

from collections.abc import Iterator

from heptune.i18n import _
from heptune.schemas.export import ExportReport, ParityFigures, ParityReport


def export_lines(report: ExportReport) -> Iterator[str]:
    """Yield what a person wants to know of an export."""
    yield _(
        "exported in {precision}: {size:.1f} MiB, where the bundle's weights have {original:.1f} MiB; {seconds:.1f} s",
        precision=report.parity.precision,
        size=report.size_mib,
        original=report.original_size_mib,
        seconds=report.seconds,
    )
    yield from parity_lines(report.parity)
    yield report.folder


def parity_lines(parity: ParityReport) -> Iterator[str]:
    """Yield how an export agrees with the bundle that it was made from."""
    yield _line(_("golden texts"), parity.golden)
    if parity.rows:
        yield _line(_("validation and calibration rows"), parity.rows)
    if parity.why_no_rows:
        yield _("compared on the golden texts alone: {reason}", reason=parity.why_no_rows)
    if parity.test:
        yield _line(_("test rows, no part of the decision"), parity.test)
        if parity.saved_precision not in (None, "fp32"):
            yield _("  the run's own predictions of the test rows are in {precision}", precision=parity.saved_precision)


def _line(name: str, figures: ParityFigures) -> str:
    share = figures.flip_share
    line = _(
        "{name}: {flips} of {rows} labels changed ({share:.1%} [{low:.1%}, {high:.1%}]), "
        "scores differ by {largest:.2g} at most, {mean:.2g} on average",
        name=name,
        flips=figures.flips,
        rows=figures.rows,
        share=share.value,
        low=share.low or 0.0,
        high=1.0 if share.high is None else share.high,
        largest=figures.largest_difference,
        mean=figures.mean_difference,
    )
    accuracy = figures.accuracy_difference
    if accuracy is None:
        return line
    return line + _(
        "; accuracy {points:+.2f} points [{low:+.2f}, {high:+.2f}]",
        points=100 * accuracy.value,
        low=100 * (accuracy.low or 0.0),
        high=100 * (accuracy.high or 0.0),
    )
