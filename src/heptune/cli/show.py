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
    from heptune.reports.conclusion import conclusion_json
    from heptune.reports.display import RESULTS, show_conclusion, show_step
    from heptune.schemas.goal import Goal
    from heptune.schemas.training import RunResult
    from heptune.storage.step_files import read_current_results, stored_seconds

    results = read_current_results(run, RESULTS)
    if not results:
        raise MissingError(
            _("There is no run here."), code="no_run", where=str(run), remedy=_("Give the folder of a run.")
        )
    goal, last = results[0], results[-1]
    if output_format == "json":
        content = (
            conclusion_json(run, goal, last, stored_seconds(run, RESULTS))
            if isinstance(last, RunResult) and isinstance(goal, Goal)
            else {"run": str(run), "step": last.step_number, "result": last.model_dump(mode="json")}
        )
        click.echo(json.dumps(content, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(run / last.bundle if isinstance(last, RunResult) else run)
    else:
        console = terminal()
        for result in results:
            show_step(console, result)
        if isinstance(last, RunResult) and isinstance(goal, Goal):
            show_conclusion(console, run, goal, last)
