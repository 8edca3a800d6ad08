"""heptune check: what may be wrong with some data, before anything is trained on them."""

import json
from collections.abc import Sequence
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
@click.option("--review", type=click.Path(), metavar="FILE", help="List labels in doubt there, as .csv or .xlsx.")
@click.option(
    "--apply", type=click.Path(), metavar="FILE", help="With --fix: give rows the labels that stand in such a list."
)
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="How DATA is found and read.")
@format_option
def command(data: str, output_format: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Look for what may be wrong with DATA: copies, leaks, contradicting labels, personal data and more.

    DATA is what heptune run takes. It is never changed, and nothing is written to the working folder but what --fix or
    --review names. Findings are no errors: the exit code is 0, but 3 for data that no model can learn from.
    """
    if options["fix"] is not None:
        _fix(data, output_format, options)
    elif options["review"] is not None:
        _review(data, output_format, options)
    else:
        _refuse_answers_without_copy(options)
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

    _refuse_beside(options, "--fix", ("model", "sample", "review"))
    named = {name: options[name] for name in ("test", "text_column", "label_column")}
    listeners = (Messages(terminal(stderr=True)),)
    assignments = parse_assignments(options["assignments"])
    report = fix(data, options["fix"], answers=options["apply"], **named, listeners=listeners, **assignments)
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.folder)
    else:
        _print(cleaning_lines(report))


def _review(data: str, output_format: str, options: dict[str, Any]) -> None:
    from heptune.data_review import review
    from heptune.recipe import parse_assignments
    from heptune.reports.cleaning import review_lines
    from heptune.reports.display import Messages

    _refuse_beside(options, "--review", ("model", "apply"))
    named = {name: options[name] for name in ("test", "text_column", "label_column", "sample")}
    listeners = (Messages(terminal(stderr=True)),)
    assignments = parse_assignments(options["assignments"])
    report = review(data, options["review"], **named, listeners=listeners, **assignments)
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.file)
    else:
        _print(review_lines(report))


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        terminal().print(line, soft_wrap=True, markup=False, highlight=False)


def _refuse_beside(options: dict[str, Any], chosen: str, others: Sequence[str]) -> None:
    idle = [f"--{name}" for name in others if options[name] is not None]
    if idle:
        from heptune.errors import UsageError
        from heptune.i18n import _

        raise UsageError(
            _("{options} has no effect beside {chosen}.", options=", ".join(idle), chosen=chosen),
            code="setting_without_effect",
            where=", ".join(idle),
            remedy=_("Leave it out."),
        )


def _refuse_answers_without_copy(options: dict[str, Any]) -> None:
    if options["apply"] is not None:
        from heptune.errors import UsageError
        from heptune.i18n import _

        raise UsageError(
            _("Answers go into a cleaned copy."),
            code="setting_without_effect",
            where="--apply",
            expected="--fix FOLDER",
            remedy=_("Name a new folder with --fix."),
        )
