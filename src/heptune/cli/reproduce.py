"""heptune reproduce: a run once more."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal


@make_command("reproduce")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to.  [default: RUN-reproduced]")
@format_option
def command(run: Path, out: Path | None, output_format: str) -> None:
    """Train again from what RUN recorded: its recipe, data, revisions and seeds.

    Call it where RUN was made, so that the paths of its data are right. Exit code 4 where the new score does not lie
    within the interval that RUN stated.
    """
    from heptune.errors import QualityGateError
    from heptune.i18n import _
    from heptune.reports.display import Messages
    from heptune.reports.lines import share_with_interval
    from heptune.reports.reproduction import reproduction_lines
    from heptune.reproduction import reproduce

    report = reproduce(run, out, listeners=(Messages(terminal(stderr=True)),))
    if output_format == "json":
        click.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.out)
    else:
        for line in reproduction_lines(report):
            click.echo(line)
    if not report.reproduced:
        raise QualityGateError(
            _("The result lies outside of the interval that the run stated."),
            code="not_reproduced",
            where=report.out,
            expected=share_with_interval(report.before),
            found=share_with_interval(report.after),
        )
