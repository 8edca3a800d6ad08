"""heptune report: the report of a finished run once more, in another language or without texts."""

from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import language_option


@make_command("report")
@click.argument("run", type=click.Path(path_type=Path))
@language_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to.  [default: RUN/report.html, or RUN/report-without-texts.html]",
)
@click.option("--include-texts/--no-texts", default=True, show_default=True, help="Whether it shows texts of the data.")
def command(run: Path, lang: str | None, out: Path | None, include_texts: bool) -> None:
    """Write the report of the run in the folder RUN, a page for a browser that needs nothing else."""
    from heptune.i18n import in_language
    from heptune.reports.conclusion import REPORT_FILE
    from heptune.reports.page.rendering import check_place
    from heptune.reports.page.run_page import write_report
    from heptune.reports.page.runs import read_run

    path = out or run / (REPORT_FILE if include_texts else "report-without-texts.html")
    check_place(path)
    with in_language(lang):
        write_report(read_run(run), path, include_texts=include_texts)
    click.echo(path)
