"""What a finished run says in the end, in sentences and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from heptune.evaluation.requirement import judge
from heptune.evaluation.test_size import rows_to_settle
from heptune.i18n import _
from heptune.reports.failure_lines import robustness_lines, shape_lines, slice_lines
from heptune.reports.finding_json import found_by, in_short
from heptune.reports.lines import share_with_interval
from heptune.reports.promise_lines import acceptance_line, calibration_line, label_sets_line
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.evaluation import BASELINES
from heptune.schemas.failures import FailureShape
from heptune.schemas.finding import Finding
from heptune.schemas.goal import Goal
from heptune.schemas.record import StepResult
from heptune.schemas.requirement import Verdict
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.training import Comparison, CrossValidated, OpponentScores, RunResult
from heptune.storage.test_scorings import scorings_so_far

REPORT_FILE = "report.html"


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
    lines = comparison_lines(result)
    lines += slice_lines(result.slices)
    lines += robustness_lines(result.robustness)
    lines.append(calibration_line(result.calibration))
    if result.acceptance:
        lines.append(acceptance_line(result.acceptance))
    if result.label_sets:
        lines.append(label_sets_line(result.label_sets))
    if result.unscored:
        lines.append(_("{count} rows have no answer; they count as mistakes.", count=result.unscored))
    if conclusion.test_scorings is not None:
        lines.append(_("Scorings of these rows on this machine so far: {count}.", count=conclusion.test_scorings))
    if goal.requirement:
        lines.append(requirement_line(goal, result))
    return lines


def comparison_lines(result: RunResult) -> list[str]:
    """Return how the model stands to all else that was asked the same, and how far that depends on chance."""
    lines = [
        comparison_line(comparison.baseline, paired)
        for comparison in result.comparisons
        for paired in (comparison.accuracy, comparison.macro_f1)
        if paired and not result.is_itself(comparison.baseline)
    ]
    return lines + opponent_lines(result.opponents) + fold_lines(result.cross_validation) + seed_lines(result)


def opponent_lines(opponents: Sequence[OpponentScores]) -> list[str]:
    """Return how good each thing is that the user has today."""
    lines: list[str] = []
    for one in opponents:
        accuracy = share_with_interval(one.accuracy)
        lines.append(_("{name}: {accuracy} right on {rows:,} rows.", name=one.name, accuracy=accuracy, rows=one.rows))
        if one.unknown:
            lines[-1] += " " + _("{count:,} of its answers are no class; they count as mistakes.", count=one.unknown)
    return lines


def fold_lines(judged: CrossValidated | None) -> list[str]:
    """Return how rows were judged that the model learnt from; nothing where test rows were set aside."""
    if judged is None:
        return []
    return [
        _(
            "Each row was judged by models that did not learn from it: {folds} folds, {times} times (accuracy "
            "{scores}), in {seconds:.0f} s. The model that ships learnt from these rows.",
            folds=judged.folds,
            times=len(judged.accuracies),
            scores=", ".join(map(share_with_interval, judged.accuracies)),
            seconds=judged.seconds,
        )
    ]


def seed_lines(result: RunResult) -> list[str]:
    """Return how far several trainings lie apart, and which one it is that ships; nothing where there was but one."""
    if not result.seeds:
        return []
    accuracies = [one.accuracy.value for one in result.seeds]
    return [
        _(
            "{count} trainings: accuracy {scores} on the test rows (mean {mean:.1%}, standard deviation {spread:.1f} "
            "points); seed {seed}, the best on validation, is this model.",
            count=len(accuracies),
            scores=", ".join(share_with_interval(one.accuracy) for one in result.seeds),
            mean=mean(accuracies),
            spread=100 * stdev(accuracies),
            seed=result.fit.settings["seed"],
        )
    ]


def verdict_of(goal: Goal, result: RunResult) -> Verdict | None:
    """Return what the test scores say of the requirement; None without one."""
    return judge(goal.requirement, result.test.score(goal.requirement.metric)) if goal.requirement else None


def requirement_line(goal: Goal, result: RunResult) -> str:
    """Return whether the requirement, which there is, is shown to be met, and how many rows would settle it."""
    verdict = verdict_of(goal, result)
    assert verdict is not None  # noqa: S101 - there is a requirement
    return f"{goal.requirement}: {verdict_words(verdict)}{_more_rows(goal, result, verdict)}"


def verdict_words(verdict: Verdict) -> str:
    """Return the words for a verdict."""
    return {
        "met": _("met: the whole interval lies on the right side"),
        "not_met": _("not met: the whole interval lies on the wrong side"),
        "inconclusive": _("inconclusive: the interval holds the threshold; more rows to test on would tell"),
    }[verdict]


def card_lines(
    shapes: Sequence[FailureShape],
    comparisons: Sequence[Comparison],
    judged: CrossValidated | None,
    calibration: CalibrationReport,
    acceptance: AcceptanceReport | None,
    label_sets: LabelSetReport | None,
) -> list[str]:
    """Return the sentences of a model card: no text, name or place of the user's is in them."""
    lines = shape_lines(shapes)
    lines += [
        comparison_line(one.baseline, paired)
        for one in comparisons
        if one.baseline in BASELINES
        for paired in (one.accuracy, one.macro_f1)
        if paired
    ]
    lines += fold_lines(judged)
    lines.append(calibration_line(calibration))
    lines += [acceptance_line(acceptance)] if acceptance else []
    return lines + ([label_sets_line(label_sets)] if label_sets else [])


def comparison_line(baseline: str, comparison: PairedComparison) -> str:
    """Return how a model stands to a baseline on the same rows."""
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
    if result.cross_validation:
        total = rows + result.test.n
        return _(" (about {total:,} in all, given with --test, if the score stays)", total=total)
    return _(" (about {rows:,} more, if the score stays)", rows=rows)


def conclusion_json(conclusion: Conclusion, seconds: dict[str, float]) -> dict[str, Any]:
    """Return what `--format json` prints of a finished run."""
    result = conclusion.result
    return {
        "run": str(conclusion.folder),
        "bundle": str(conclusion.folder / result.bundle),
        "report": str(conclusion.folder / REPORT_FILE),
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
        "cross_validation": result.cross_validation and result.cross_validation.model_dump(mode="json"),
        "seeds": [one.model_dump(mode="json") for one in result.seeds],
        "opponents": [one.model_dump(mode="json") for one in result.opponents],
        "calibration": _report_json(result.calibration),
        "shapes": [{"name": shape.name, "message": str(shape.message)} for shape in result.shapes],
        "slices": [one.model_dump(mode="json") | {"name": str(one.name)} for one in result.slices],
        "robustness": [one.model_dump(mode="json") for one in result.robustness],
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
                "too_few": row.too_few,
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
