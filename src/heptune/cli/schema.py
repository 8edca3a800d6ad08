"""heptune schema: the recipe's JSON Schema, for editors and for reading."""

import json

import click

from heptune.cli.options import command as make_command


@make_command("schema")
def command() -> None:
    """Print the recipe's JSON Schema: every setting, its default and what it does."""
    from heptune.recipe import Recipe

    click.echo(json.dumps(Recipe.model_json_schema(), ensure_ascii=False, indent=2))
