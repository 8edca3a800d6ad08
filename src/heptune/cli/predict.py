"""heptune predict: labels for texts, and for files of them."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal

# Rows of a table for people.
TABLE_ROWS = 64


@make_command("predict")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("source", required=False, type=click.Path(), metavar="[INPUT|-]")
@click.option("--text", "texts", multiple=True, help="A text to classify; may be given several times.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="Write there: a file, or a folder.")
@click.option("--text-column", metavar="COLUMN", help="Column, or key, with the texts.  [default: found out]")
@click.option(
    "--scores",
    type=click.Choice(["all", "top", "none"]),
    default="all",
    show_default=True,
    help="Scores of all labels, of the answer alone, or none.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "fp32", "bf16"]),
    default="auto",
    show_default=True,
    help="Of a network; auto takes bf16 where it is fast here and agreed with fp32.",
)
@click.option("--spreadsheet-safe", is_flag=True, help="Write CSV so that a spreadsheet computes no cell.")
@click.option(
    "--executor",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where to score: here, or on the workers of a Ray cluster.",
)
@click.option("--ray-address", metavar="ADDRESS", help="Of that cluster.  [default: one is started on this machine]")
@format_option
def command(bundle: Path, source: str | None, texts: tuple[str, ...], output_format: str, **options: Any) -> None:  # noqa: ANN401
    """Classify texts with BUNDLE: those given with --text, or the rows of INPUT.

    INPUT is a CSV, TSV, JSON Lines, JSON, Parquet, Arrow or Excel file, a folder of such files, or - for standard
    input: one text a line, or with --text-column one JSON object a line. Columns and order of the rows are kept.

    Prints a table on a terminal and JSON Lines elsewhere. --out writes a file, whose ending tells its format, or a
    folder; the same command goes on with a folder after a stop. Rows without an answer say why in the column error, and
    stop nothing.
    """
    _refuse_contradictions(source, texts, options)
    if options["out"] is not None:
        _write(bundle, source, texts, output_format, options)
    else:
        _print(bundle, source, texts, output_format, options)


def _refuse_contradictions(source: str | None, texts: tuple[str, ...], options: dict[str, Any]) -> None:
    from heptune.errors import UsageError
    from heptune.i18n import _

    if not texts and source is None:
        raise UsageError(
            _("There is nothing to classify."),
            code="no_text",
            remedy=_('Give --text "…", a file, or - to read one text a line from standard input.'),
        )
    file_and_texts = bool(texts) and source not in (None, "-")
    idle = {
        "--text": file_and_texts,
        "--text-column": source is None and options["text_column"] is not None,
        "--spreadsheet-safe": options["spreadsheet_safe"] and options["out"] is None,
        "--executor": options["executor"] != "local" and options["out"] is None,
        "--ray-address": options["ray_address"] is not None and options["executor"] != "ray",
    }
    if found := [name for name, is_idle in idle.items() if is_idle]:
        raise UsageError(
            _("Some settings have no effect."),
            code="setting_without_effect",
            where=", ".join(found),
            remedy=_("Leave them out."),
        )


def _write(
    bundle: Path, source: str | None, texts: tuple[str, ...], output_format: str, options: dict[str, Any]
) -> None:
    from heptune.data_predict import predict

    with _watched() as watch:
        data = _source_at_hand(source, texts, options) or Path(source or "")
        report = predict(bundle, data, watch=watch, **options)
    for line in _what_to_mind(report.errors, report.rows, report.left_out):
        click.echo(line, err=True)
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.out)
    else:
        from heptune.reports.prediction import prediction_lines

        for line in prediction_lines(report):
            click.echo(line)


def _print(
    bundle: Path, source: str | None, texts: tuple[str, ...], output_format: str, options: dict[str, Any]
) -> None:
    from heptune.data_predict import open_predictor, open_source
    from heptune.prediction.answers import Counts
    from heptune.prediction.one_file import predict_to_stream
    from heptune.prediction.task import Task, rows_from

    predictor = open_predictor(bundle, options["precision"])
    rows_source = _source_at_hand(source, texts, options)
    if rows_source is None:
        rows_source = open_source(predictor, Path(source or ""), options["text_column"])
    if output_format == "json" or (output_format == "auto" and not sys.stdout.isatty()):
        task = Task(answers_from=lambda _first: predictor, bundle=bundle, source=rows_source, scores=options["scores"])
        report = predict_to_stream(task, sys.stdout)
        errors, count = report.errors, report.rows
    else:
        counts = Counts()
        for rows in rows_from(rows_source, 0):
            for start in range(0, len(rows), TABLE_ROWS):
                part = rows.slice(start, start + TABLE_ROWS)
                answers = predictor.predict(part.texts)
                counts.add(answers, part.faults)
                _print_quietly(answers) if output_format == "quiet" else _print_table(part, answers)
        errors, count = dict(counts.errors), counts.rows
    if source is not None:
        for line in _what_to_mind(errors, count, ()):
            click.echo(line, err=True)


def _source_at_hand(source: str | None, texts: tuple[str, ...], options: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the texts of the command line and the lines of standard input; None for files."""
    from heptune.prediction.standard_input import Lines

    if source in (None, "-"):
        return Lines(texts, sys.stdin.buffer if source else (), options["text_column"])
    return None


def _what_to_mind(errors: dict[str, int], rows: int, left_out: tuple[str, ...]) -> Iterator[str]:
    from heptune.i18n import _

    if errors:
        named = ", ".join(f"{name} {count:,}" for name, count in errors.items())
        yield _(
            "{count:,} of {rows:,} rows have no answer: {named}", count=sum(errors.values()), rows=rows, named=named
        )
    if left_out:
        yield _(
            "this format has no place for columns that only later rows have: {names}; JSON Lines has",
            names=", ".join(left_out),
        )


def _print_quietly(answers: list[Any]) -> None:
    for answer in answers:
        click.echo(answer.label or "")


def _print_table(rows: Any, answers: list[Any]) -> None:  # noqa: ANN401 - Rows, imported late
    from rich import box
    from rich.table import Table

    from heptune.bundle.predictor import describe_error
    from heptune.i18n import _
    from heptune.reports.tables import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(_("label"), no_wrap=True)
    table.add_column(_("score"), justify="right")
    table.add_column(_("text"))
    for row, (text, answer) in enumerate(zip(rows.texts, answers, strict=True)):
        note = f" ({_('cut')})" if answer.truncated else ""
        label = plain(answer.label, 40) if answer.label is not None else "–"
        why = rows.faults.get(row) or (answer.error and f"{describe_error(answer.error)}: {text!r}")
        shown = plain(why or text)
        table.add_row(label, f"{answer.score:.3f}" if answer.score is not None else "–", shown.append(note))
    terminal().print(table)


@contextmanager
def _watched() -> Iterator[Callable[[int, int | None], None]]:
    """Show how far it is, and hear a request to stop."""
    from heptune.reports.row_progress import RowProgress
    from heptune.storage.interruption import interruptible

    with interruptible() as interruption, RowProgress(terminal(stderr=True)) as progress:

        def watch(done: int, total: int | None) -> None:
            interruption.check()
            progress.show(done, total)

        yield watch
