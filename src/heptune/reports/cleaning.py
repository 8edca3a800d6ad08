"""What a cleaned copy of the data differs in, and what a review holds, in sentences."""

from heptune.i18n import Sentence, _
from heptune.reports.lines import share_with_interval
from heptune.schemas.cleaning import CleaningReport
from heptune.schemas.review import ReviewReport


def cleaning_lines(report: CleaningReport) -> list[str]:
    """Return what was changed, and what it is worth."""
    lines: list[str] = [
        _("{before:,} rows before, {after:,} after", before=report.rows_before, after=report.rows_after),
        *(
            _("removed {count:,}: {reason}", count=count, reason=_reason(name))
            for name, count in report.removed.items()
        ),
        *(
            _("relabelled {count:,}: {reason}", count=count, reason=_reason(name))
            for name, count in report.relabelled.items()
        ),
    ]
    if report.comparison is None or report.accuracy_before is None or report.accuracy_after is None:
        lines.append(_("nothing to mend by itself"))
    else:
        difference = report.comparison.difference
        low, high = difference.low or 0.0, difference.high or 0.0
        lines.append(
            _(
                "TF-IDF, cross-validated on the rows that stay: {before} right before, {after} after: "
                "{difference:+.1f} points [{low:+.1f}, {high:+.1f}]",
                before=share_with_interval(report.accuracy_before),
                after=share_with_interval(report.accuracy_after),
                difference=round(100 * difference.value, 1) + 0.0,
                low=100 * low,
                high=100 * high,
            )
        )
    return [*lines, _("copy: {folder}", folder=report.folder), _("changes: {file}", file=report.changes)]


def review_lines(report: ReviewReport) -> list[str]:
    """Return what is to be looked at, and how to go on."""
    lines: list[str] = [
        _("{count:,} rows with a text that has several labels", count=report.by_check.get("H303", 0)),
        _("{count:,} rows whose label a model doubts", count=report.by_check.get("H601", 0))
        if report.not_judged is None
        else _("no model doubts a label: {reason}", reason=report.not_judged),
        _("review: {file}", file=report.file),
    ]
    if report.rows:
        lines.append(
            _(
                "Write the right labels into its column new_label; then: heptune check DATA --fix FOLDER --apply "
                "{file}",
                file=report.file,
            )
        )
    return lines


def _reason(name: str) -> Sentence:
    return {
        "duplicates": _("repeat an earlier row"),
        "split_leakage": _("stand in the test rows too"),
        "label_variants": _("one label written in two ways"),
        "reviewed": _("answers of the review"),
        "empty_texts": _("without a text or a label"),
    }[name]
