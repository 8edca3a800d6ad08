"""heptune check: what may be wrong with some data, before anything is trained on them."""

import json
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal


@make_command("check")
@click.argument("data", type=click.Path())
@click.option("--test", type=click.Path(), metavar="SOURCE", help="Rows to test on, where the data do not bring them.")
@click.option("--model", type=click.Path(), metavar="MODEL", help="Look also at what this model makes of the texts.")
@click.option("--text-column", metavar="COLUMN", help="Column that is classified.  [default: found out]")
@click.option("--label-column", metavar="COLUMN", help="Column with the labels.  [default: found out]")
@click.option("--sample", type=int, metavar="N", help="Look at N of the training rows.")
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="How DATA is found and read.")
@format_option
def command(data: str, output_format: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Look for what may be wrong with DATA: copies, leaks, contradicting labels, personal data and more.

    DATA is what heptune run takes. Nothing is changed, and nothing is written to the working folder. Findings are no
    errors: the exit code is 0, but 3 for data that no model can learn from.
    """
    from heptune.data_check import check
    from heptune.recipe import parse_assignments
    from heptune.reports.display import Messages
    from heptune.reports.finding_json import report_json
    from heptune.reports.findings import show_report

    named = {name: options[name] for name in ("test", "model", "text_column", "label_column", "sample")}
    assignments = parse_assignments(options["assignments"])
    report = check(data, **named, listeners=(Messages(terminal(stderr=True)),), **assignments)
    if output_format == "json":
        click.echo(json.dumps(report_json(report), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo("\n".join(finding.code for finding in report.findings if finding.outcome == "found"))
    else:
        show_report(terminal(), report)
