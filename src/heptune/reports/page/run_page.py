"""The report of a run."""

import csv
import io
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heptune.data.spreadsheet_text import defused
from heptune.i18n import Sentence, _
from heptune.reports.conclusion import comparison_lines, requirement_line, verdict_of
from heptune.reports.failure_lines import robustness_lines, shape_lines, slice_lines
from heptune.reports.findings import name_of, outcome_words
from heptune.reports.page.charts.chart import Chart
from heptune.reports.page.charts.confusion import MOST_LABELS, confusion_matrix
from heptune.reports.page.charts.history import history
from heptune.reports.page.charts.lengths import lengths
from heptune.reports.page.charts.reliability import reliability
from heptune.reports.page.charts.risk_coverage import risk_coverage
from heptune.reports.page.charts.score_bars import score_bars
from heptune.reports.page.facts import RunFacts
from heptune.reports.page.figures import decimal, percent
from heptune.reports.page.rendering import render
from heptune.reports.promise_lines import acceptance_line, calibration_line, label_sets_line
from heptune.reports.step_lines import format_seconds, step_line
from heptune.reports.tables import unit_of
from heptune.schemas.failures import Mistake, Slice
from heptune.schemas.finding import Finding
from heptune.schemas.scores import ClassScores
from heptune.storage.artifacts import write_text

LARGEST_CONFUSIONS = 30
WEAKEST_SHOWN = 3
# Characters of a text.
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Confusion:
    """Test rows of one class that were taken for another."""

    label: str
    answered: str
    rows: int
    share: float


def write_report(facts: RunFacts, path: Path, *, include_texts: bool) -> None:
    """Write the report, and where there are many labels its CSV files beside it.

    Raises:
        ResourceError: it cannot be written.
    """
    confusions_file, classes_file = (path.with_name(f"{path.stem}-{part}.csv") for part in ("confusions", "classes"))
    files = (confusions_file.name, classes_file.name)
    write_text(path, report_html(facts, include_texts=include_texts, files=files))
    if len(facts.dataset.labels) > MOST_LABELS:
        confusions = [(one.label, one.answered, one.rows) for one in _confusions(facts)]
        _write_csv(confusions_file, ("label", "answered", "rows"), confusions)
        _write_csv(classes_file, _CLASS_HEADER, [_class_cells(row) for row in facts.result.test.per_class])


def report_html(facts: RunFacts, *, include_texts: bool, files: tuple[str, str] = ("", "")) -> str:
    """Return the page, in the language of the moment.

    Args:
        facts: Of the run.
        include_texts: Whether texts of the data may stand in it.
        files: Names of the files beside it with all confusions and all classes, where there are many labels.
    """
    result, conclusion = facts.result, facts.conclusion
    verdict = verdict_of(conclusion.goal, result)
    few_labels = len(facts.dataset.labels) <= MOST_LABELS
    return render(
        "report.html",
        facts=facts,
        goal=conclusion.goal,
        result=result,
        title=title_of(facts),
        verdict=verdict or "none",
        verdict_line=requirement_line(conclusion.goal, result) if verdict else None,
        headline=_headline(facts),
        shapes=shape_lines(result.shapes),
        comparisons=comparison_lines(result),
        score_charts=_score_charts(facts),
        confusion_chart=confusion_matrix(facts.dataset.label_names, result.test.confusion) if few_labels else None,
        confusions=_confusions(facts)[:LARGEST_CONFUSIONS],
        confusions_file=files[0],
        classes=result.test.per_class if few_labels else _weakest(result.test.per_class)[:MOST_LABELS],
        all_classes=few_labels,
        classes_file=files[1],
        training_rows=_training_rows(facts),
        slices=slice_lines(_shown_slices(facts, include_texts=include_texts)) + robustness_lines(result.robustness),
        mistakes=_mistakes(facts, include_texts=include_texts),
        include_texts=include_texts,
        shows_mistakes=include_texts and len(facts.mistake_texts) == len(result.mistakes),
        groups=_shown_slices(facts, include_texts=include_texts),
        trust_lines=_trust_lines(facts),
        trust_charts=_trust_charts(facts),
        findings=[(one, name_of(one)) for one in facts.findings if one.outcome == "found"],
        other_findings=_other_findings(facts.findings),
        lengths_chart=lengths(facts.tokens, unit_of(facts.tokens)),
        weakest=[row for row in _weakest(result.test.per_class) if row.f1.value < 1][:WEAKEST_SHOWN],
        untested=[row.label for row in result.test.per_class if not row.support],
        history_chart=history(result.fit.history, result.fit.best_epoch) if result.fit.history else None,
        cost=_cost(facts),
        step_lines=[(number, step_line(one)) for number, one in enumerate(_steps(facts), 1)],
        made=_made(facts),
        recipe=shlex.quote(str(conclusion.folder / "recipe.yaml")),
        settings={name: value for name, value in result.fit.settings.items() if value is not None},
    )


def title_of(facts: RunFacts) -> str:
    """Return the names of data and model."""
    model = facts.sources.model
    return f"{facts.sources.data.name} · {model.name if model else facts.sources.method}"


def _headline(facts: RunFacts) -> tuple[str, str, str | None]:
    """Return name, figure and interval of what counts; no interval for a metric without one."""
    metric = facts.plan.primary_metric
    score = facts.result.test.score(metric)
    written = percent if metric in _shares() else decimal
    name = {**_shares(), "log_loss": _("log loss"), "ece": _("calibration error (ECE)")}[metric]
    if score.low is None or score.high is None:
        return name, written(score.value), None
    return name, written(score.value), f"{written(score.low)} – {written(score.high)}"


def _shares() -> dict[str, str]:
    """Return the names of the metrics that are shares of something right."""
    return {"accuracy": _("Accuracy"), "macro_f1": _("Macro-F1")}


def _score_charts(facts: RunFacts) -> list[Chart]:
    result = facts.result
    others = {name: scores for name, scores in result.baselines.items() if not result.is_itself(name)}
    columns = {_("this model"): result.test, **others}
    charts = []
    for metric, title in _shares().items():
        scores = {name: of_one.score(metric) for name, of_one in columns.items()}
        if metric == "accuracy":
            scores |= {one.name: one.accuracy for one in result.opponents}
        charts.append(score_bars(metric, title, scores))
    return charts


def _confusions(facts: RunFacts) -> list[Confusion]:
    """Return all pairs of classes of which one was taken for the other, the most frequent first."""
    names, confusion = facts.dataset.label_names, facts.result.test.confusion
    pairs = [
        Confusion(names[row], names[column], count, count / sum(counts))
        for row, counts in enumerate(confusion)
        for column, count in enumerate(counts)
        if count and row != column
    ]
    return sorted(pairs, key=lambda pair: -pair.rows)


def _shown_slices(facts: RunFacts, *, include_texts: bool) -> list[Slice]:
    """Return the groups of rows; without texts those by column without their values, which may be anything."""
    return [
        one
        if include_texts or one.kind != "column"
        else one.model_copy(update={"name": _("rows with one value of {column}", column=one.name.values["column"])})
        for one in facts.result.slices
    ]


def _weakest(classes: Sequence[ClassScores]) -> list[ClassScores]:
    """Return the classes with test rows, that with the lowest F1 first."""
    return sorted((row for row in classes if row.support), key=lambda row: row.f1.value)


def _training_rows(facts: RunFacts) -> dict[str, int]:
    return dict(zip(facts.dataset.label_names, facts.dataset.splits["train"].by_label, strict=True))


def _mistakes(facts: RunFacts, *, include_texts: bool) -> list[tuple[Mistake, str | None]]:
    mistakes = facts.result.mistakes
    texts: Sequence[str | None] = [_short(text) for text in facts.mistake_texts] if include_texts else ()
    return list(zip(mistakes, texts if len(texts) == len(mistakes) else [None] * len(mistakes), strict=True))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _trust_lines(facts: RunFacts) -> list[str]:
    result = facts.result
    lines = [calibration_line(result.calibration)]
    if result.acceptance:
        lines.append(acceptance_line(result.acceptance))
    if result.label_sets:
        lines.append(label_sets_line(result.label_sets))
    return lines


def _trust_charts(facts: RunFacts) -> list[Chart]:
    result = facts.result
    charts = [reliability(result.calibration.bins)] if result.calibration.bins else []
    if len(facts.answers.truth):
        accepted = result.acceptance.test_share if result.acceptance else None
        charts.append(risk_coverage(facts.answers.scores, facts.answers.right, accepted.value if accepted else None))
    return charts


def _other_findings(findings: Sequence[Finding]) -> list[tuple[Sentence, list[str]]]:
    """Return what was not found, by outcome: the names of the checks, with the reason where there is one."""
    words = outcome_words()
    named = {
        outcome: [
            f"{one.code} {name_of(one)}" + (f" ({one.summary})" if one.summary else "")
            for one in findings
            if one.outcome == outcome
        ]
        for outcome in words
    }
    return [(words[outcome], names) for outcome, names in named.items() if names]


def _cost(facts: RunFacts) -> list[tuple[str, str, str]]:
    """Return what was spent: name, fact, and what had been foretold."""
    fit, seeds = facts.result.fit, facts.result.seeds
    told = fit.estimate
    several: list[tuple[str, str, str]] = (
        [(_("{count} trainings", count=len(seeds)), format_seconds(sum(one.seconds for one in seeds)), "")]
        if seeds
        else []
    )
    if judged := facts.result.cross_validation:
        several.append((_("cross-validation"), format_seconds(judged.seconds), ""))
    rows: list[tuple[str, str, str]] = [
        (_("training"), format_seconds(fit.seconds), format_seconds(told.seconds) if told else ""),
        *several,
        (_("the whole run"), format_seconds(_seconds_of_all(facts)), ""),
    ]
    if fit.peak_memory_mib is not None:
        foretold = f"{told.peak_memory_mib:,.0f} MiB" if told and told.peak_memory_mib is not None else ""
        rows.append((_("memory"), f"{fit.peak_memory_mib:,.0f} MiB", foretold))
    if fit.energy_wh is not None:
        foretold = f"{told.energy_wh:.1f} Wh" if told and told.energy_wh is not None else ""
        rows.append((_("energy"), f"{fit.energy_wh:.1f} Wh", foretold))
    if fit.cost is not None:
        rows.append((_("money"), f"{fit.cost:.2f}", f"{told.cost:.2f}" if told and told.cost is not None else ""))
    if fit.train_rows_per_second is not None:
        rows.append((_("rows a second"), f"{fit.train_rows_per_second:,.0f}", ""))
    return rows


def _seconds_of_all(facts: RunFacts) -> float:
    """Return the seconds of all steps; a step 7 that kept its model was shorter than the training of it."""
    kept = facts.seconds.get("training", 0.0) < facts.result.fit.seconds
    return sum(facts.seconds.values()) + (facts.result.fit.seconds if kept else 0.0)


def _steps(facts: RunFacts) -> tuple[object, ...]:
    goal = facts.conclusion.goal
    return goal, facts.sources, facts.dataset, facts.tokens, facts.model, facts.plan, facts.result


def _made(facts: RunFacts) -> list[tuple[str, str]]:
    """Return what it was made of, exactly."""
    model, result = facts.sources.model, facts.result
    rows: list[tuple[str, str]] = []
    if model:
        rows.append((_("pretrained model"), model.name))
        rows += [(_("commit"), model.commit)] if model.commit else []
        rows += [(_("licence"), model.licence)] if model.licence else []
    for file in facts.sources.data.files:
        rows.append((_("data"), f"{Path(file.path).name} · sha256 {file.sha256[:16]}"))
    rows.append((_("bundle"), f"sha256 {result.bundle_sha256[:16]}"))
    rows.append((_("computed in"), f"{result.fit.precision} · {result.fit.device}"))
    rows.append((_("made with"), ", ".join(f"{name} {number}" for name, number in facts.versions.items())))
    return rows


_CLASS_FIGURES = ("precision", "recall", "f1")
_CLASS_HEADER = (
    "label",
    "rows",
    "too_few",
    *(f"{figure}{end}" for figure in _CLASS_FIGURES for end in ("", "_low", "_high")),
)


def _class_cells(row: ClassScores) -> tuple[str | int | float, ...]:
    """Return the cells of a class; empty ones where a figure has no interval."""
    ends = (end for score in (row.precision, row.recall, row.f1) for end in (score.value, score.low, score.high))
    return (row.label, row.support, int(row.too_few), *("" if end is None else round(end, 4) for end in ends))


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write what a spreadsheet opens rightly and computes nothing of."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    write_text(path, "\ufeff" + text.getvalue())
