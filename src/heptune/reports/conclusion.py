"""What a finished run says in the end, in sentences and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heptune.evaluation.requirement import judge
from heptune.evaluation.test_size import rows_to_settle
from heptune.i18n import _
from heptune.reports.failure_lines import slice_lines
from heptune.reports.finding_json import found_by, in_short
from heptune.reports.promise_lines import acceptance_line, calibration_line, label_sets_line
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.finding import Finding
from heptune.schemas.goal import Goal
from heptune.schemas.record import StepResult
from heptune.schemas.requirement import Verdict
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.training import RunResult
from heptune.storage.test_scorings import scorings_so_far


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the end of a run tells.

    Attributes:
        folder: The run folder.
        goal: The result of step 1.
        result: The result of step 7.
        test_scorings: How often these test rows have been scored on this machine by now.
        warnings: Those of all steps.
        findings: What the checks found.
    """

    folder: Path
    goal: Goal
    result: RunResult
    test_scorings: int | None
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]


def conclude(folder: Path, results: Sequence[StepResult]) -> Conclusion | None:
    """Return what a run's results come to; None where it stopped before the last step."""
    match results:
        case [Goal() as goal, _sources, DatasetSplits() as dataset, *_steps, RunResult() as result]:
            # Later runs may have scored the same rows.
            scorings = scorings_so_far(dataset.splits["test"].sha256) or result.test_scorings
            return Conclusion(folder, goal, result, scorings, warnings_of(results), found_by(results))
        case _:
            return None


def warnings_of(results: Sequence[StepResult]) -> tuple[str, ...]:
    """Return the warnings of all steps, in their order."""
    return tuple(warning for result in results for warning in result.warnings)


def conclusion_lines(conclusion: Conclusion) -> list[str]:
    """Return the sentences below the score table."""
    goal, result = conclusion.goal, conclusion.result
    lines = [
        _compare(comparison.baseline, paired)
        for comparison in result.comparisons
        for paired in (comparison.accuracy, comparison.macro_f1)
        if paired and not result.is_itself(comparison.baseline)
    ]
    lines += slice_lines(result.slices)
    lines.append(calibration_line(result.calibration))
    if result.acceptance:
        lines.append(acceptance_line(result.acceptance))
    if result.label_sets:
        lines.append(label_sets_line(result.label_sets))
    if result.unscored:
        lines.append(_("{count} test rows give no token; they count as mistakes.", count=result.unscored))
    if conclusion.test_scorings is not None:
        lines.append(_("Scorings of these test rows on this machine so far: {count}.", count=conclusion.test_scorings))
    verdict = verdict_of(goal, result)
    if verdict:
        lines.append(f"{goal.requirement}: {verdict_words(verdict)}{_more_rows(goal, result, verdict)}")
    return lines


def verdict_of(goal: Goal, result: RunResult) -> Verdict | None:
    """Return what the test scores say of the requirement; None without one."""
    return judge(goal.requirement, result.test.score(goal.requirement.metric)) if goal.requirement else None


def verdict_words(verdict: Verdict) -> str:
    """Return the words for a verdict."""
    return {
        "met": _("met: the whole interval lies on the right side"),
        "not_met": _("not met: the whole interval lies on the wrong side"),
        "inconclusive": _("inconclusive: the interval holds the threshold; more test rows would tell"),
    }[verdict]


def _compare(baseline: str, comparison: PairedComparison) -> str:
    difference = comparison.difference
    low, high = difference.low or 0.0, difference.high or 0.0
    interval = f"{100 * difference.value:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
    metric = {"accuracy": _("accuracy"), "macro_f1": _("macro-F1")}[comparison.metric]
    said = {"baseline": baseline, "interval": interval, "metric": metric}
    if comparison.is_evident and low > 0:
        return _("Better than {baseline} by {interval} points of {metric}.", **said)
    if comparison.is_evident:
        return _("Worse than {baseline} by {interval} points of {metric}.", **said)
    if low > 0 or high < 0:  # the interval of few rows may say more than the test
        return _(
            "Perhaps another than {baseline}, by {interval} points of {metric}; but {n:,} rows do not rule out chance "
            "(p = {p_value:.2f}).",
            **said,
            n=comparison.n,
            p_value=comparison.p_adjusted,
        )
    if comparison.smallest_difference is None:
        return _("No evidence of a difference from {baseline}: {interval} points of {metric}.", **said)
    return _(
        "No evidence of a difference from {baseline}: {interval} points of {metric}; {n:,} rows like these would "
        "mostly show one of {least:.1f} points.",
        **said,
        n=comparison.n,
        least=100 * comparison.smallest_difference,
    )


def _more_rows(goal: Goal, result: RunResult, verdict: Verdict) -> str:
    """Return how many more test rows would settle an inconclusive verdict; nothing for another one."""
    if verdict != "inconclusive" or goal.requirement is None:
        return ""
    score = result.test.score(goal.requirement.metric)
    rows = rows_to_settle(score, goal.requirement.threshold, result.test.n)
    if rows is None:
        return _(" (no number of them that anybody labels, if the score stays)")
    return _(" (about {rows:,} more, if the score stays)", rows=rows)


def conclusion_json(conclusion: Conclusion, seconds: dict[str, float]) -> dict[str, Any]:
    """Return what `--format json` prints of a finished run."""
    result = conclusion.result
    return {
        "run": str(conclusion.folder),
        "bundle": str(conclusion.folder / result.bundle),
        "verdict": verdict_of(conclusion.goal, result),
        "test": _scores_json(result.test),
        "baselines": {name: _scores_json(scores) for name, scores in result.baselines.items()},
        "comparisons": {
            comparison.baseline: {
                **_paired_json(comparison.accuracy),
                "macro_f1": _paired_json(comparison.macro_f1) if comparison.macro_f1 else None,
            }
            for comparison in result.comparisons
        },
        "calibration": _report_json(result.calibration),
        "shapes": [{"name": shape.name, "message": str(shape.message)} for shape in result.shapes],
        "slices": [one.model_dump(mode="json") | {"name": str(one.name)} for one in result.slices],
        "acceptance": _report_json(result.acceptance),
        "label_sets": _report_json(result.label_sets),
        "test_scorings": conclusion.test_scorings,
        "findings": in_short(conclusion.findings),
        "warnings": list(conclusion.warnings),
        "seconds": seconds,
    }


def stopped_json(
    folder: Path, results: Sequence[StepResult], seconds: dict[str, float], estimate: TrainingEstimate | None
) -> dict[str, Any]:
    """Return what `--format json` prints of a run that was stopped before its last step."""
    told = {"estimate": estimate.model_dump(mode="json")} if estimate else {}
    return {
        "run": str(folder),
        "step": results[-1].step_number,
        "result": results[-1].model_dump(mode="json"),
        **told,
        "findings": in_short(found_by(results)),
        "warnings": list(warnings_of(results)),
        "seconds": seconds,
    }


def _scores_json(scores: TestScores) -> dict[str, Any]:
    return {
        "n": scores.n,
        **{name: _score_json(scores.score(name)) for name in ("accuracy", "macro_f1", "log_loss", "ece")},
        "per_class": {
            row.label: {
                "n": row.support,
                "precision": _score_json(row.precision),
                "recall": _score_json(row.recall),
                "f1": _score_json(row.f1),
            }
            for row in scores.per_class
        },
        "confusion": [list(row) for row in scores.confusion],
    }


def _paired_json(comparison: PairedComparison) -> dict[str, Any]:
    return {
        "difference": _score_json(comparison.difference),
        "p_value": comparison.p_value,
        "p_adjusted": comparison.p_adjusted,
        "smallest_difference": comparison.smallest_difference,
        "evident": comparison.is_evident,
    }


def _report_json(report: CalibrationReport | AcceptanceReport | LabelSetReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return report.model_dump(mode="json") | {"reason": report.reason and str(report.reason)}


def _score_json(score: Score) -> dict[str, Any]:
    return score.model_dump(mode="json")
