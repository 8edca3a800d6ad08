"""What came of reproducing a run, in lines."""

from heptune.i18n import _
from heptune.schemas.reproduction import Reproduction
from heptune.schemas.score import Score


def reproduction_lines(report: Reproduction) -> list[str]:
    """Return the verdict, and what it rests on."""
    told = {"metric": report.metric, "after": f"{report.after.value:.4f}", "before": _interval(report.before)}
    lines = [
        _("reproduced: {metric} {after} lies within the stated {before}", **told)
        if report.reproduced
        else _("not reproduced: {metric} {after} lies outside of the stated {before}", **told)
    ]
    if report.identical:
        lines.append(_("the classifier is the same, byte for byte"))
    if report.same_answers is not None:
        lines.append(_("{share:.1%} of the test rows have the same answer", share=report.same_answers))
    lines += [_("another version: {change}", change=change) for change in report.other_versions]
    return [*lines, _("the new run  {folder}", folder=report.out)]


def _interval(score: Score) -> str:
    if score.low is None or score.high is None:
        return f"{score.value:.4f}"
    return f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]"
