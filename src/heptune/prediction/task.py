"""What predicting rows is about, and what came of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from heptune.errors import UsageError
from heptune.i18n import _
from heptune.prediction.answers import Answering, AnswersTexts, Scores
from heptune.prediction.rows import Rows
from heptune.prediction.source import Source
from heptune.prediction.writers.writer import Writer
from heptune.schemas.prediction import PredictionReport

Watch = Callable[[int, int | None], None]
# What a file is split into so that progress is seen, and a request to stop heard.
ROWS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done.

    Attributes:
        answers_from: Gives what answers the texts from the row with this number, from 0, on.
        bundle: The bundle's folder.
        source: The rows.
        scores: Those of all labels, that of the answer alone, or none.
        precision: As it was asked for.
        spreadsheet_safe: Whether no cell of a CSV or TSV file is computed by a spreadsheet.
        total: About how many rows there are; None where nobody knows.
        watch: Called with the rows that are done and with `total`, often; raises where the user asked to stop.
    """

    answers_from: Callable[[int], AnswersTexts]
    bundle: Path
    source: Source
    scores: Scores = "all"
    precision: str = "auto"
    spreadsheet_safe: bool = False
    total: int | None = None
    watch: Watch = lambda _done, _total: None


class Progress:
    """Answers the rows of a task, and counts.

    Args:
        task: What is to be done.
        nested: Whether the format to write holds several values by name in a column.
        done: Rows that an earlier call has answered.
    """

    def __init__(self, task: Task, *, nested: bool, done: int = 0) -> None:
        self._task = task
        self._started = time.perf_counter()
        self._done = self._kept = done
        self._left_out: dict[str, None] = {}
        answers = task.answers_from(done)
        self._answering = Answering(answers, scores=task.scores, nested=nested, taken=task.source.columns)
        # Of JSON, rows bring their own columns.
        self._places = None if nested else {*task.source.columns, *self._answering.columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns to write, those of the rows first."""
        return (*self._task.source.columns, *self._answering.columns)

    def write(self, rows: Rows, writer: Writer) -> None:
        """Answer some rows and write them."""
        columns = self._answering.answer(rows)
        if self._places is not None:
            self._left_out |= dict.fromkeys(name for name in columns if name not in self._places)
        writer.write(columns)
        self._done += len(rows)
        self._task.watch(self._done, self._task.total)

    def report(self, out: Path | None) -> PredictionReport:
        """Return what was written to a place; None is standard output."""
        counts = self._answering.counts
        return PredictionReport(
            out=None if out is None else str(out),
            rows=counts.rows,
            errors=dict(counts.errors),
            truncated=counts.truncated,
            needs_review=counts.needs_review,
            kept_rows=self._kept,
            seconds=round(time.perf_counter() - self._started, 3),
            left_out=tuple(self._left_out),
        )


def rows_from(source: Source, first: int) -> Iterator[Rows]:
    """Yield the rows from the one with this number, from 0, a part at a time."""
    for rows in source.batches():
        passed = min(first, len(rows))
        first -= passed
        for start in range(passed, len(rows), ROWS_AT_ONCE):
            yield rows.slice(start, start + ROWS_AT_ONCE)


def no_effect_of_spreadsheet_safe(out: Path) -> UsageError:
    """Return the error for a format that no spreadsheet computes."""
    return UsageError(
        _("Some settings have no effect."),
        code="setting_without_effect",
        where="--spreadsheet-safe",
        expected=_("a CSV or TSV file"),
        found=str(out),
        remedy=_("Leave it out."),
    )
