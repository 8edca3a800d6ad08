"""What a finished run says in the end, in sentences and as JSON."""

from pathlib import Path
from typing import Any

from heptune.evaluation.requirement import judge
from heptune.i18n import _
from heptune.schemas.goal import Goal
from heptune.schemas.requirement import Verdict
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.training import RunResult


def conclusion_lines(goal: Goal, result: RunResult) -> list[str]:
    """Return the sentences below the score table."""
    lines = [
        _compare(comparison.baseline, comparison.accuracy)
        for comparison in result.comparisons
        if result.baselines[comparison.baseline] != result.test
    ]
    if result.unscored:
        lines.append(_("{count} test rows give no token; they count as mistakes.", count=result.unscored))
    if result.test_scorings is not None:
        lines.append(_("Scorings of these test rows on this machine so far: {count}.", count=result.test_scorings))
    verdict = verdict_of(goal, result)
    if verdict:
        lines.append(f"{goal.requirement}: {verdict_words(verdict)}")
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
    if low > 0:
        return _("Better than {baseline} by {interval} points of accuracy.", baseline=baseline, interval=interval)
    if high < 0:
        return _("Worse than {baseline} by {interval} points of accuracy.", baseline=baseline, interval=interval)
    return _(
        "No evidence of a difference from {baseline}: {interval} points of accuracy.",
        baseline=baseline,
        interval=interval,
    )


def conclusion_json(folder: Path, goal: Goal, result: RunResult, seconds: dict[str, float]) -> dict[str, Any]:
    """Return what `--format json` prints of a finished run."""
    return {
        "run": str(folder),
        "bundle": str(folder / result.bundle),
        "verdict": verdict_of(goal, result),
        "test": _scores_json(result.test),
        "baselines": {name: _scores_json(scores) for name, scores in result.baselines.items()},
        "comparisons": {
            comparison.baseline: {
                "difference": _score_json(comparison.accuracy.difference),
                "p_value": comparison.accuracy.p_value,
            }
            for comparison in result.comparisons
        },
        "test_scorings": result.test_scorings,
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


def _score_json(score: Score) -> dict[str, Any]:
    return score.model_dump(mode="json")
