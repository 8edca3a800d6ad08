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
@click.option(
    "--fix", type=click.Path(), metavar="FOLDER", help="Write a cleaned copy there, and say what it is worth."
)
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="How DATA is found and read.")
@format_option
def command(data: str, output_format: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Look for what may be wrong with DATA: copies, leaks, contradicting labels, personal data and more.

    DATA is what heptune run takes. Nothing is changed, and nothing is written to the working folder unless --fix names
    a new folder there. Findings are no errors: the exit code is 0, but 3 for data that no model can learn from.
    """
    if options["fix"]:
        _fix(data, output_format, options)
    else:
        _check(data, output_format, options)


def _check(data: str, output_format: str, options: dict[str, Any]) -> None:
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


def _fix(data: str, output_format: str, options: dict[str, Any]) -> None:
    from heptune.data_fix import fix
    from heptune.recipe import parse_assignments
    from heptune.reports.cleaning import cleaning_lines
    from heptune.reports.display import Messages

    _refuse_idle_with_fix(options)
    named = {name: options[name] for name in ("test", "text_column", "label_column")}
    listeners = (Messages(terminal(stderr=True)),)
    report = fix(data, options["fix"], **named, listeners=listeners, **parse_assignments(options["assignments"]))
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.folder)
    else:
        for line in cleaning_lines(report):
            terminal().print(line, soft_wrap=True, markup=False, highlight=False)


def _refuse_idle_with_fix(options: dict[str, Any]) -> None:
    idle = [f"--{name}" for name in ("model", "sample") if options[name] is not None]
    if idle:
        from heptune.errors import UsageError
        from heptune.i18n import _

        raise UsageError(
            _("A cleaned copy holds all rows, and no model is asked."),
            code="setting_without_effect",
            where=", ".join(idle),
            remedy=_("Leave it out."),
        )
