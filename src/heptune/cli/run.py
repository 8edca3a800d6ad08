"""heptune run: labelled text through the seven steps."""

import json
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, terminal


@make_command("run")
@click.argument("source", type=click.Path())
@click.option("--test", type=click.Path(), metavar="SOURCE", help="Rows to test on, where the data do not bring them.")
@click.option(
    "--model", type=click.Path(), metavar="MODEL", help="A model folder, a model on the Hub, starter, or auto."
)
@click.option(
    "--method", type=click.Choice(["auto", "tfidf", "full", "linear-probe"]), help="How to learn.  [default: auto]"
)
@click.option("--text-column", metavar="COLUMN", help="Column that is classified.  [default: found out]")
@click.option("--label-column", metavar="COLUMN", help="Column with the labels.  [default: found out]")
@click.option("--sample", type=int, metavar="N", help="Use N of the training rows.")
@click.option("--test-sample", type=int, metavar="N", help="Use N of the test rows.")
@click.option("--seed", type=int, help="Moves sample, split and training together.  [default: 42]")
@click.option("--seeds", type=int, metavar="N", help="Train N times and keep the best on validation.  [default: 1]")
@click.option("--epochs", type=int, help="Passes over the training rows.  [default: by size]")
@click.option("--batch-size", type=int, help="Examples an optimizer step learns from.  [default: by size]")
@click.option("--learning-rate", type=float, help="Highest learning rate.  [default: by size]")
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16"]), help="Of matrix products.  [default: auto]")
@click.option("--require", metavar="REQUIREMENT", help='Quality gate, such as "macro_f1>=0.75"; else exit code 4.')
@click.option("--min-accepted-accuracy", type=float, metavar="SHARE", help="Mark answers that are not right so often.")
@click.option(
    "--against", multiple=True, type=click.Path(), metavar="SOURCE", help="Answers in a file, or an earlier bundle."
)
@click.option("--out", type=click.Path(path_type=Path), help="Run folder.  [default: runs/<data>-<model>]")
@click.option("--stop-after", type=click.IntRange(1, 7), default=7, metavar="STEP", help="Stop after this step.")
@click.option("--estimate", is_flag=True, help="With --stop-after 5: what training would take, by a few timed steps.")
@click.option("--fresh", is_flag=True, help="Reuse nothing of an earlier run.")
@click.option("--set", "assignments", multiple=True, metavar="STEP.KEY=VALUE", help="Any setting of the recipe.")
@format_option
def command(source: str, **options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Fine-tune a classifier on SOURCE and evaluate it.

    SOURCE is a file or folder with labelled texts, a data set on the Hub, a recipe (*.yaml), or the name of a ready
    recipe: article, tweets, quickstart.
    """
    from heptune.recipe import make_recipe, parse_assignments, read_recipe

    is_recipe = _names_a_recipe(source)
    base = read_recipe(source) if is_recipe else {"sources": {"data": source}}
    layers = [base, _flags_layer(options), parse_assignments(options["assignments"])]
    recipe = make_recipe(*layers, where=source if is_recipe else "")
    execute(
        recipe,
        out=options["out"],
        fresh=options["fresh"],
        stop_after=options["stop_after"],
        estimate=options["estimate"],
        output_format=options["output_format"],
    )


def execute(
    recipe: Any,  # noqa: ANN401 - imported late
    *,
    out: Path | None,
    fresh: bool,
    stop_after: int,
    output_format: str,
    estimate: bool = False,
) -> None:
    """Run a recipe and print what the format asks for.

    Raises:
        QualityGateError: a requirement is not shown to be met.
    """
    from heptune.api import default_folder, run_recipe
    from heptune.reports.conclusion import conclude, conclusion_json, stopped_json
    from heptune.reports.display import Display, Messages, show_conclusion

    human = output_format in ("auto", "human")
    folder = out or default_folder(recipe)
    console = terminal(stderr=not human)
    shows_all = human or (output_format == "json" and console.is_terminal)
    display = Display(console, folder) if shows_all else Messages(console)
    try:
        finished = run_recipe(
            recipe, out=folder, fresh=fresh, stop_after=stop_after, estimate=estimate, listeners=(display,)
        )
    finally:
        display.close()
    conclusion = conclude(folder, finished.results)
    if output_format == "json":
        content = (
            conclusion_json(conclusion, finished.seconds)
            if conclusion
            else stopped_json(folder, finished.results, finished.seconds, finished.estimate)
        )
        click.echo(json.dumps(content, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(finished.bundle if conclusion else folder)
    elif conclusion:
        show_conclusion(console, conclusion)
    finished.check_requirement()


def _names_a_recipe(source: str) -> bool:
    from heptune.recipe import ready_recipes

    return source.endswith((".yaml", ".yml")) or (source in ready_recipes() and not Path(source).exists())


def _flags_layer(options: dict[str, Any]) -> dict[str, Any]:
    flags = {
        "goal": {key: options[key] for key in ("require", "min_accepted_accuracy")},
        "sources": {key: options[key] for key in ("test", "model", "method")},
        "dataset": {key: options[key] for key in ("text_column", "label_column", "sample", "test_sample", "seed")},
        "model": {"seed": options["seed"]},
        "evaluation": {"against": list(options["against"]) or None},
        "training": {
            key: options[key] for key in ("epochs", "batch_size", "learning_rate", "precision", "seed", "seeds")
        },
    }
    return {
        section: given
        for section, values in flags.items()
        if (given := {key: value for key, value in values.items() if value is not None})
    }
