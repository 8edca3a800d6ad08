"""heptune curve: what more labels are worth."""

import json
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal


@make_command("curve")
@click.argument("data", type=click.Path())
@click.option("--test", type=click.Path(), metavar="SOURCE", help="Rows to test on; they are left out here.")
@click.option("--model", type=click.Path(), metavar="MODEL", help="Fine-tune this model on the last parts too.")
@click.option("--text-column", metavar="COLUMN", help="Column that is classified.  [default: found out]")
@click.option("--label-column", metavar="COLUMN", help="Column with the labels.  [default: found out]")
@click.option("--sample", type=int, metavar="N", help="Use N of the training rows.")
@click.option("--more", type=click.IntRange(1), default=1_000, show_default=True, help="Rows that may be labelled.")
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="How DATA is found and read.")
@format_option
def command(data: str, output_format: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Tell what more labelled rows like those of DATA are likely to be worth, and which to label first.

    TF-IDF learns from growing parts of the rows, which takes seconds; with --model the model does so too, which takes
    as long as two runs. Nothing is written.
    """
    from heptune.data_curve import curve
    from heptune.recipe import parse_assignments
    from heptune.reports.curve_lines import curve_lines
    from heptune.reports.display import Messages

    named = {name: options[name] for name in ("test", "model", "text_column", "label_column", "sample", "more")}
    assignments = parse_assignments(options["assignments"])
    report = curve(data, **named, listeners=(Messages(terminal(stderr=True)),), **assignments)
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo("\n".join(report.label_first))
    else:
        for line in curve_lines(report):
            terminal().print(line, soft_wrap=True, markup=False, highlight=False)
