"""heptune models: which checkpoints there are, and which of them suits some data here."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal

# Steps that are taken to read the data.
LOOKED_AT = {"sources", "dataset"}


@make_command("models")
@click.argument("data", required=False, type=click.Path())
@click.option("--text-column", metavar="COLUMN", help="Column that is classified.  [default: found out]")
@click.option("--label-column", metavar="COLUMN", help="Column with the labels.  [default: found out]")
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="How DATA is found and read.")
@format_option
def command(data: str | None, output_format: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """List well-known checkpoints, or rank them for DATA and this machine.

    DATA is a file or folder with labelled texts, or a data set on the Hub. Without it the catalogue is listed in order
    of size. With --format json everything is told, published scores with their sources too.
    """
    if data is None:
        _refuse_options_without_data(options)
        _list_catalogue(output_format)
    else:
        _rank_for(data, output_format, options)


def _refuse_options_without_data(options: dict[str, Any]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        from heptune.errors import UsageError
        from heptune.i18n import _

        names = ", ".join("--set" if name == "assignments" else f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(
            _("Without DATA the catalogue is listed as it stands."),
            code="setting_without_effect",
            where=names,
            remedy=_("Name the data: heptune models DATA"),
        )


def _refuse_idle_assignments(assignments: Mapping[str, Any]) -> None:
    idle = sorted(assignments.keys() - LOOKED_AT)
    if idle:
        from heptune.errors import UsageError
        from heptune.i18n import _

        raise UsageError(
            _("Models are ranked for the default settings of training."),
            code="setting_without_effect",
            where="--set",
            expected=_("settings of {steps}", steps=", ".join(sorted(LOOKED_AT))),
            found=", ".join(idle),
            remedy=_("Leave them out; heptune run DATA --stop-after 5 --estimate foretells one run with its settings."),
        )


def _list_catalogue(output_format: str) -> None:
    from heptune.estimation.catalogue import catalogue

    models = sorted(catalogue().models, key=lambda model: (model.parameters, model.id))
    if output_format == "json":
        content = catalogue().model_copy(update={"models": tuple(models)}).model_dump(mode="json")
        click.echo(json.dumps(content, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo("\n".join(model.id for model in models))
    else:
        from heptune.reports.model_tables import show_catalogue

        show_catalogue(terminal(), catalogue().date, models)


def _rank_for(data: str, output_format: str, options: dict[str, Any]) -> None:
    from heptune.reports.model_tables import show_choice

    choice = _choice(data, options)
    if output_format == "json":
        click.echo(json.dumps(choice.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo("\n".join(ranked.model.id for ranked in choice.models))
    else:
        show_choice(terminal(), choice)


def _choice(data: str, options: dict[str, Any]) -> Any:  # noqa: ANN401 - imported late
    """Read the data as a run does, in a temporary folder, and rank the models for them."""
    import tempfile

    from heptune.api import run_recipe
    from heptune.data.rows import open_rows
    from heptune.estimation.choice import rank_models
    from heptune.estimation.texts import facts_of, sample_texts
    from heptune.recipe import make_recipe, parse_assignments
    from heptune.reports.display import Messages
    from heptune.schemas.dataset import DatasetSplits

    assignments = parse_assignments(options["assignments"])
    _refuse_idle_assignments(assignments)
    columns = {name: options[name] for name in ("text_column", "label_column") if options[name]}
    base = {"sources": {"data": data, "method": "tfidf"}, "dataset": columns}
    recipe = make_recipe(base, assignments)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "look"
        messages = Messages(terminal(stderr=True))
        dataset = run_recipe(recipe, out=run, stop_after=3, listeners=(messages,)).results[-1]
        assert isinstance(dataset, DatasetSplits)  # noqa: S101 - step 3 gives nothing else
        texts = sample_texts(open_rows(run / "dataset" / "train.arrow"))
        return rank_models(data, facts_of(dataset, texts), texts)
