"""heptune init: a commented recipe for data, with what was inferred."""

from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import terminal


@make_command("init")
@click.argument("data", type=click.Path())
@click.option("--model", help="A model folder, a model on the Hub, starter, or auto.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("recipe.yaml"), show_default=True, help="Where to."
)
def command(data: str, model: str | None, out: Path) -> None:
    """Look at DATA and write a commented recipe to start from."""
    import tempfile

    from heptune.api import run_recipe
    from heptune.errors import UsageError
    from heptune.i18n import _
    from heptune.recipe import make_recipe
    from heptune.reports.display import Messages
    from heptune.reports.recipe_text import recipe_text
    from heptune.schemas.sources import AUTOMATIC, Sources
    from heptune.storage.artifacts import translated_write_errors, write_text

    with translated_write_errors(out):
        is_taken = out.exists()
    if is_taken:
        raise UsageError(
            _("There is a file of this name already."),
            code="file_exists",
            where=str(out),
            remedy=_("Choose another name with --out FILE, or take the old one away."),
        )
    recipe = make_recipe({"sources": {"data": data, **({"model": model} if model else {})}})
    with tempfile.TemporaryDirectory() as folder:
        messages = Messages(terminal(stderr=True))
        looked_at = run_recipe(recipe, out=Path(folder) / "look", stop_after=3, listeners=(messages,))
    if model == AUTOMATIC:  # what it stands for on this machine is inferred, as the columns are
        recipe = make_recipe({"sources": {"data": data}})
        sources = next(result for result in looked_at.results if isinstance(result, Sources))
        click.echo(
            _("{model}: {reason}", model=sources.model.uri if sources.model else sources.method, reason=sources.reason)
        )
    write_text(out, recipe_text(recipe, looked_at.results))
    click.echo(_("Wrote {path}. Edit it, then: heptune run {path}", path=out))
