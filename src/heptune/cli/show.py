"""heptune show: a finished run again."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal


@make_command("show")
@click.argument("run", type=click.Path(path_type=Path))
@format_option
def command(run: Path, output_format: str) -> None:
    """Print the run in the folder RUN once more."""
    from heptune.errors import MissingError
    from heptune.i18n import _
    from heptune.reports.conclusion import conclude, conclusion_json, stopped_json
    from heptune.reports.display import show_conclusion, show_step, show_warnings
    from heptune.schemas.results import RESULTS
    from heptune.storage.step_files import read_current_results, stored_seconds

    results = read_current_results(run, RESULTS)
    if not results:
        raise MissingError(
            _("There is no run here."), code="no_run", where=str(run), remedy=_("Give the folder of a run.")
        )
    conclusion = conclude(run, results)
    if output_format == "json":
        seconds = stored_seconds(run, RESULTS[: len(results)])
        content = conclusion_json(conclusion, seconds) if conclusion else stopped_json(run, results, seconds, None)
        click.echo(json.dumps(content, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(run / conclusion.result.bundle if conclusion else run)
    else:
        console = terminal()
        for result in results:
            show_step(console, result)
            show_warnings(console, result)
        if conclusion:
            show_conclusion(console, conclusion)
