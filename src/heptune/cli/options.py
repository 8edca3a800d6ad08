"""Options that several commands share."""

import sys
from collections.abc import Callable
from typing import Any, Literal

import click

Format = Literal["auto", "human", "json", "quiet"]

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["auto", "human", "json", "quiet"]),
    default="auto",
    show_default=True,
    help="How to print: for people, as JSON, or nothing but what is asked for.",
)

language_option = click.option(
    "--lang", type=click.Choice(["en", "zh"]), help="Language of what is written.  [default: yours]"
)


def terminal(*, stderr: bool = False) -> Any:  # noqa: ANN401 - a rich console, imported late
    """Return a console that honours NO_COLOR and prints plain lines where there is no terminal."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - called where a BrokenPipeError is handled; rich would exit with 1, our fault

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 120
    return Terminal(stderr=stderr, highlight=False, width=width)


def notice_aloud(sentence: str) -> None:
    """Say on standard error what goes on, where a result on standard output will take a while."""
    click.echo(sentence, err=True)


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a click command whose help comes from the function's docstring."""
    return click.command(name, context_settings={"help_option_names": ["-h", "--help"]})
