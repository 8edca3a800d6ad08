"""A run on a terminal or in plain lines, told by its events."""

import shlex
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from heptune.i18n import _
from heptune.reports.conclusion import REPORT_FILE, Conclusion, conclusion_lines
from heptune.reports.failure_lines import shape_lines
from heptune.reports.findings import show_findings
from heptune.reports.lines import LINE_WIDTH, print_line
from heptune.reports.step_lines import estimate_line, format_bytes, step_line
from heptune.reports.tables import class_table, label_table, plain, preview_table, score_table, token_table, visible
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.finding import CheckedResult
from heptune.schemas.record import StepResult
from heptune.schemas.results import RESULTS
from heptune.schemas.tokens import TokenizedDataset
from heptune.storage.events import Event
from heptune.storage.step_files import read_result

# Of what belongs to a step, in columns.
INDENT = 4


class Display:
    """Shows a run as it goes; a listener of its events.

    Args:
        console: Where to.
        folder: The run folder, from which results are read.
    """

    def __init__(self, console: Console, folder: Path) -> None:
        self._console = console
        self._folder = folder
        self._progress: Progress | None = None
        self._task: Any = None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        handler = getattr(self, f"_on_{event.name}", None)
        if handler:
            handler(event.fields)
        elif message := message_of(event):
            print_line(self._console, message, indent=INDENT)

    def close(self) -> None:
        """Take the progress bar away, whatever happened."""
        if self._progress:
            self._progress.stop()
            self._progress = None

    def _on_step_started(self, fields: dict[str, Any]) -> None:
        if self._console.is_terminal:
            self._start_progress(_step_title(fields["step"]))

    def _on_step_finished(self, fields: dict[str, Any]) -> None:
        self.close()
        result = read_result(self._folder, RESULTS[fields["step"] - 1])
        if result is None:
            return
        how = _("as before") if fields["reused"] else f"{fields['seconds']:.1f} s"
        show_step(self._console, result, how)
        for reason in fields["changed"]:
            line = plain(_("done again: {reason} changed", reason=reason), LINE_WIDTH)
            line.stylize("yellow")
            print_line(self._console, line, indent=INDENT)

    def _on_progress(self, fields: dict[str, Any]) -> None:
        if self._progress:
            note: str = _("{rate:.0f} rows/s", rate=fields["rows_per_second"])
            if "epoch" in fields:
                note = _("epoch {epoch}/{epochs}", epoch=fields["epoch"], epochs=fields["epochs"]) + f", {note}"
            if "training" in fields:
                note = _("training {training}/{trainings}", **fields) + f", {note}"
            self._progress.update(self._task, total=fields["steps"], completed=fields["step"], note=note)

    def _on_estimate(self, fields: dict[str, Any]) -> None:
        line = estimate_line(TrainingEstimate.model_validate(fields))
        print_line(self._console, plain(line, LINE_WIDTH), indent=INDENT)

    def _on_epoch(self, fields: dict[str, Any]) -> None:
        scores = ", ".join(f"{name} {value:.3f}" for name, value in fields["validation"].items())
        parts = [_("epoch {epoch}: training loss {loss:.3f}", epoch=fields["epoch"], loss=fields["training_loss"])]
        if scores:
            parts.append(_("validation: {scores}", scores=scores))
        print_line(self._console, Text(" · ".join(parts), style="dim"), indent=INDENT)

    def _start_progress(self, title: str) -> None:
        self.close()
        self._progress = Progress(
            TextColumn(title),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, note="")
        self._progress.start()


class Messages:
    """Prints what a user must not miss, one line each, and nothing else; a listener of a run's events.

    Args:
        console: Where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: Event) -> None:
        """Print notices, warnings, downloads and serious findings."""
        if message := message_of(event):
            self._console.print(message, soft_wrap=True)
        elif event.name == "finding" and event.fields["severity"] == "serious":
            self._console.print(_warning("{code}  {message}. {remedy}".format(**event.fields)), soft_wrap=True)

    def close(self) -> None:
        """Leave nothing open; nothing is."""


def message_of(event: Event) -> Text | None:
    """Return the line of a notice, a warning or a download; None for other events."""
    fields: dict[str, Any] = event.fields
    match event.name:
        case "notice":
            return plain(fields["message"], LINE_WIDTH)
        case "warning":
            return _warning(fields["message"])
        case "download":
            size = format_bytes(fields["bytes"])
            return plain(_("downloading {what}: {size}", what=fields["what"], size=size), LINE_WIDTH)
        case _:
            return None


def show_step(console: Console, result: StepResult, how: str = "") -> None:
    """Print one step's line, and the tables that belong to it."""
    title = Text(_step_title(result.step_number), style="bold cyan")
    line = Text.assemble(title, "  ", plain(step_line(result), LINE_WIDTH), (f"  {how}" if how else "", "dim"))
    print_line(console, line)
    if isinstance(result, DatasetSplits):
        _show_dataset(console, result)
    elif isinstance(result, TokenizedDataset):
        console.print(_indented(token_table(result)))
    if isinstance(result, CheckedResult):
        show_findings(console, result.findings, indent=INDENT)


def show_warnings(console: Console, result: StepResult) -> None:
    """Print the warnings of one step."""
    for warning in result.warnings:
        print_line(console, _warning(warning), indent=INDENT)


def show_conclusion(console: Console, conclusion: Conclusion) -> None:
    """Print scores, comparisons, verdict, and where everything lies."""
    result = conclusion.result
    for line in shape_lines(result.shapes):
        print_line(console, Text.assemble((_("failed") + ": ", "bold red"), plain(line, LINE_WIDTH)), indent=INDENT)
    for table in (score_table(result), class_table(result.test)):
        console.print(_indented(table))
    for line in conclusion_lines(conclusion):
        print_line(console, plain(line, LINE_WIDTH), indent=INDENT)
    bundle = str(conclusion.folder / result.bundle)
    command = f'heptune predict {shlex.quote(bundle)} --text "…"'
    console.print()
    report = str(conclusion.folder / REPORT_FILE)
    places = ((_("bundle"), bundle), (_("report"), report), (_("try it"), command))
    width = max(cell_len(title) for title, _text in places)
    for title, text in places:
        space = " " * (width - cell_len(title) + 3)
        console.print(Text.assemble((title, "bold"), space, visible(text)), soft_wrap=True)


def _show_dataset(console: Console, dataset: DatasetSplits) -> None:
    for note in (*dataset.notes, "; ".join(dataset.split_rules)):
        print_line(console, plain(note, LINE_WIDTH), indent=INDENT)
    if dataset.dropped:
        first = ", ".join(f"{row.file}:{row.position}" for row in dataset.dropped_examples[:5])
        message = _("{count} rows without text or label are left out: {first}", count=dataset.dropped, first=first)
        print_line(console, plain(message, LINE_WIDTH), indent=INDENT)
    for table in (preview_table(dataset), label_table(dataset)):
        console.print(_indented(table))


def _warning(message: str) -> Text:
    return Text.assemble((_("mind") + ": ", "yellow"), plain(message, LINE_WIDTH))


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, INDENT), expand=False)


def _step_title(number: int) -> str:
    names = (_("Goal"), _("Sources"), _("Data set"), _("Tokens"), _("Model"), _("Evaluation"), _("Training"))
    return f"{number} {names[number - 1]}"
