"""Finished runs beside each other, as a page, in lines and as JSON."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from heptune.i18n import _
from heptune.reports.conclusion import comparison_line, verdict_of, verdict_words
from heptune.reports.lines import LINE_WIDTH, print_line
from heptune.reports.page.charts.score_bars import score_bars
from heptune.reports.page.comparison import ComparedRuns
from heptune.reports.page.figures import decimal, percent_interval
from heptune.reports.page.rendering import render
from heptune.reports.page.run_page import title_of
from heptune.reports.step_lines import format_seconds
from heptune.reports.tables import plain
from heptune.schemas.score import Score


def compare_html(compared: ComparedRuns) -> str:
    """Return the page, in the language of the moment."""
    names = compared.names
    return render(
        "compare.html",
        title=_("{count} runs compared", count=len(names)),
        lines=compare_lines(compared),
        charts=[
            score_bars(
                metric,
                title,
                {name: run.result.test.score(metric) for name, run in zip(names, compared.runs, strict=True)},
            )
            for metric, title in (("accuracy", _("Accuracy")), ("macro_f1", _("Macro-F1")))
        ],
        header=("", *names),
        rows=compare_rows(compared),
    )


def compare_lines(compared: ComparedRuns) -> list[str]:
    """Return how each later run stands to the first."""
    lines = [f"{name}: {comparison_line(compared.names[0], paired)}" for name, paired in compared.against_first.items()]
    return lines + [
        _("{name}: not compared with {first} row by row: {reason}.", name=name, first=compared.names[0], reason=reason)
        for name, reason in compared.apart.items()
    ]


def compare_rows(compared: ComparedRuns) -> list[tuple[str, ...]]:
    """Return a row for each thing that is told of every run; its name comes first."""
    runs = compared.runs
    verdicts = [verdict_of(run.conclusion.goal, run.result) for run in runs]
    told: list[tuple[str, list[str]]] = [
        (_("data and model"), [title_of(run) for run in runs]),
        (_("method"), [run.sources.method for run in runs]),
        (_("rows to learn from"), [f"{run.dataset.splits['train'].rows:,}" for run in runs]),
        (_("rows to test on"), [f"{run.result.test.n:,}" for run in runs]),
        (_("Accuracy"), [percent_interval(run.result.test.accuracy) for run in runs]),
        (_("Macro-F1"), [percent_interval(run.result.test.macro_f1) for run in runs]),
        (_("log loss"), [_with_interval(run.result.test.log_loss) for run in runs]),
        (_("calibration error (ECE)"), [decimal(run.result.test.ece.value) for run in runs]),
        (_("requirement"), [str(verdict_words(verdict)) if verdict else "–" for verdict in verdicts]),
        (_("training"), [format_seconds(run.result.fit.seconds) for run in runs]),
        (_("memory"), [_memory(run.result.fit.peak_memory_mib) for run in runs]),
    ]
    return [(name, *cells) for name, cells in told]


def compare_json(compared: ComparedRuns) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "runs": [
            {
                "name": name,
                "run": str(run.conclusion.folder),
                "test_rows": run.result.test.n,
                "accuracy": run.result.test.accuracy.model_dump(mode="json"),
                "macro_f1": run.result.test.macro_f1.model_dump(mode="json"),
                "verdict": verdict_of(run.conclusion.goal, run.result),
                "seconds": run.result.fit.seconds,
            }
            for name, run in zip(compared.names, compared.runs, strict=True)
        ],
        "against_first": {
            name: paired.model_dump(mode="json") | {"evident": paired.is_evident}
            for name, paired in compared.against_first.items()
        },
        "apart": {name: str(reason) for name, reason in compared.apart.items()},
    }


def _with_interval(score: Score) -> str:
    if score.low is None or score.high is None:
        return decimal(score.value)
    return f"{decimal(score.value)} [{decimal(score.low)}, {decimal(score.high)}]"


def _memory(mib: float | None) -> str:
    return "–" if mib is None else f"{mib:,.0f} MiB"


def show_comparison(console: Console, compared: ComparedRuns) -> None:
    """Print the same on a terminal: a table, and a line for each comparison."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in ("", *compared.names):
        table.add_column(plain(column, 40), overflow="fold")
    for cells in compare_rows(compared):
        table.add_row(*(plain(cell) for cell in cells))
    console.print(table)
    for line in compare_lines(compared):
        print_line(console, plain(line, LINE_WIDTH))
