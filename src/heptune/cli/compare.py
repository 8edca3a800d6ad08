"""heptune compare: finished runs beside each other."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, language_option, terminal


@make_command("compare")
@click.argument("runs", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN RUN...")
@language_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser there.")
@format_option
def command(runs: tuple[Path, ...], lang: str | None, out: Path | None, output_format: str) -> None:
    """Compare finished runs with the first one, row by row where their test rows are the same."""
    from heptune.i18n import in_language
    from heptune.reports.page.compare_page import compare_html, compare_json, show_comparison
    from heptune.reports.page.comparison import compare_runs
    from heptune.reports.page.rendering import check_place
    from heptune.reports.page.runs import read_runs
    from heptune.storage.artifacts import write_text

    if out is not None:
        check_place(out)
    with in_language(lang):
        compared = compare_runs(read_runs(runs))
        if out is not None:
            write_text(out, compare_html(compared))
        if output_format == "json":
            click.echo(json.dumps(compare_json(compared), ensure_ascii=False))
        elif output_format == "quiet":
            click.echo(out or "", nl=out is not None)
        else:
            show_comparison(terminal(), compared)
            if out:
                click.echo(out)
