"""heptune quickstart: the whole job offline, on the sample in the package."""

from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option


@make_command("quickstart")
@click.option("--out", type=click.Path(path_type=Path), help="Run folder.  [default: runs/quickstart]")
@format_option
def command(out: Path | None, output_format: str) -> None:
    """Fine-tune on the sample in the package: 900 synthetic messages, offline, about a minute."""
    from heptune.cli.run import execute
    from heptune.recipe import make_recipe, read_recipe

    recipe = make_recipe(read_recipe("quickstart"), where="quickstart")
    execute(recipe, out=out or Path("runs/quickstart"), fresh=False, stop_after=7, output_format=output_format)
