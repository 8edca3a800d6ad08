"""heptune predict: labels for texts."""

import json
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal

WINDOW = 1_024


@make_command("predict")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("source", required=False, type=click.Choice(["-"]), metavar="[-]")
@click.option("--text", "texts", multiple=True, help="A text to classify; may be given several times.")
@format_option
def command(bundle: Path, source: str | None, texts: tuple[str, ...], output_format: str) -> None:
    """Classify texts with BUNDLE: those given with --text, and with - one text a line from standard input.

    Prints a table on a terminal and JSON Lines elsewhere.
    """
    from heptune.api import load
    from heptune.errors import UsageError
    from heptune.i18n import _

    if not texts and source is None:
        raise UsageError(
            _("There is nothing to classify."),
            code="no_text",
            remedy=_('Give --text "…", or - to read one text a line from standard input.'),
        )
    predictor = load(bundle)
    everything = chain(texts, _lines_of_standard_input() if source else ())
    human = output_format == "human" or (output_format == "auto" and sys.stdout.isatty())
    while window := list(islice(everything, 64 if human else WINDOW)):
        answers = list(zip(window, predictor.predict(window), strict=True))
        if human:
            _print_table(answers)
        else:
            for text, answer in answers:
                click.echo(answer.label or "" if output_format == "quiet" else _as_json(text, answer))


def _lines_of_standard_input() -> Iterator[str]:
    """Yield the lines without their ends; a byte-order mark at the start is no text."""
    from heptune.errors import InvalidInputError
    from heptune.i18n import _

    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInputError(
                _("Standard input is not UTF-8."),
                code="undecodable",
                where=_("line {number}", number=number),
                found=str(error),
                remedy=_("Convert it, for example with iconv."),
            ) from error
        yield text.rstrip("\r\n")


def _as_json(text: str, answer: Any) -> str:  # noqa: ANN401 - a Prediction, imported late
    content = {
        "text": text,
        "label": answer.label,
        "score": answer.score,
        "scores": answer.scores,
        "truncated": answer.truncated,
        "error": answer.error,
    }
    # Only where the bundle says something of the kind.
    further = {name: getattr(answer, name) for name in ("needs_review", "label_set", "decision")}
    content |= {name: value for name, value in further.items() if value is not None}
    return json.dumps(content, ensure_ascii=False)


def _print_table(answers: list[Any]) -> None:
    from rich import box
    from rich.table import Table

    from heptune.bundle.predictor import describe_error
    from heptune.i18n import _
    from heptune.reports.tables import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(_("label"), no_wrap=True)
    table.add_column(_("score"), justify="right")
    table.add_column(_("text"))
    for text, answer in answers:
        note = f" ({_('cut')})" if answer.truncated else ""
        label = plain(answer.label, 40) if answer.label is not None else "–"
        shown = plain(text) if answer.error is None else plain(f"{describe_error(answer.error)}: {text!r}")
        table.add_row(label, f"{answer.score:.3f}" if answer.score is not None else "–", shown.append(note))
    terminal().print(table)
