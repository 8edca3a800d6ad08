"""heptune schema: the recipe's JSON Schema, for editors and for reading."""

import json

import click

from heptune.cli.options import command as make_command

# The one that pydantic writes; editors want to be told.
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@make_command("schema")
def command() -> None:
    """Print the recipe's JSON Schema: every setting, its default and what it does."""
    from heptune.recipe import Recipe

    schema = {"$schema": DIALECT, **Recipe.model_json_schema()}
    click.echo(json.dumps(schema, ensure_ascii=False, indent=2))
