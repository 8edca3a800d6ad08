"""heptune explain: which words an answer rests on."""

import json
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal

SHOWN = 10


@make_command("explain")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--text", required=True, help="The text whose answer is explained.")
@click.option("--label", metavar="LABEL", help="Which label to explain.  [default: the answer]")
@format_option
def command(bundle: Path, text: str, label: str | None, output_format: str) -> None:
    """Tell on which words of a text BUNDLE's answer rests: by how much the score falls without each of them."""
    from heptune.api import load
    from heptune.bundle.attribution import explain
    from heptune.errors import InvalidInputError, UsageError
    from heptune.i18n import _

    predictor = load(bundle)
    if label is not None and label not in predictor.labels:
        raise UsageError(
            _("The bundle has no such label."),
            code="unknown_label",
            where="--label",
            expected=", ".join(predictor.labels),
            found=label,
        )
    explanation = explain(predictor, text, label)
    if explanation is None:
        raise InvalidInputError(
            _("There is nothing to read in this text."), code="no_answer", where="--text", found=repr(text)
        )
    if output_format == "json":
        pieces = [
            {"text": one.text, "start": one.start, "end": one.end, "contribution": one.contribution}
            for one in explanation.pieces
        ]
        told = {"label": explanation.label, "score": explanation.score, "pieces": pieces}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif output_format == "quiet":
        for one in _strongest(explanation.pieces):
            click.echo(one.text)
    else:
        _print(text, explanation)


def _strongest(pieces: Any) -> Any:  # noqa: ANN401 - imported late
    return sorted(pieces, key=lambda one: -abs(one.contribution))[:SHOWN]


def _print(text: str, explanation: Any) -> None:  # noqa: ANN401 - imported late
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from heptune.i18n import _
    from heptune.reports.tables import plain, visible

    console = terminal()
    console.print(Text.assemble((visible(explanation.label), "bold"), f"  {explanation.score:.3f}"))
    largest = max((abs(one.contribution) for one in explanation.pieces), default=0.0) or 1.0
    shown, end = Text(), 0
    for one in explanation.pieces:
        strength = one.contribution / largest
        style = ("bold " if abs(strength) > 0.5 else "") + ("green" if strength > 0 else "red")
        shown.append(visible(text[end : one.start]))
        shown.append(visible(one.text), style=style if abs(strength) > 0.1 else "")
        end = one.end
    console.print(shown.append(visible(text[end:])))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(_("without"))
    table.add_column(_("the score changes by"), justify="right")
    for one in _strongest(explanation.pieces):
        table.add_row(plain(one.text), f"{-one.contribution:+.3f}")
    console.print(table)
