"""The command line: commands are loaded when they are called, faults become one message and an exit code."""

import io
import json
import os
import sys
import traceback
from importlib import import_module
from itertools import pairwise

import click

from heptune.cli.options import terminal
from heptune.errors import HeptuneError, InterruptedRunError, QualityGateError, ResourceError, UsageError
from heptune.i18n import _

COMMANDS = (
    "run",
    "init",
    "check",
    "curve",
    "models",
    "predict",
    "explain",
    "export",
    "benchmark",
    "verify",
    "reproduce",
    "push",
    "pull",
    "serve",
    "show",
    "report",
    "compare",
    "doctor",
    "schema",
    "quickstart",
)


class LazyGroup(click.Group):
    """Loads a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all commands, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"heptune.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; who reads our output may leave early, as `head` does, which is nobody's fault."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # What is still buffered goes nowhere, or Python would complain when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="heptune")
def heptune() -> None:
    """Fine-tune a pretrained language model on your own labelled text in seven steps."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _set_encodings()
    sys.exit(_call(arguments))


def _set_encodings() -> None:
    """Write UTF-8 where no terminal reads; show a terminal what it cannot write as a number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _call(arguments: list[str]) -> int:
    as_json = _wants_json(arguments)
    try:
        _check_arguments(arguments)
        result = heptune.main(args=arguments, prog_name="heptune", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        return _report(InterruptedRunError(_("Stopped on request."), exit_code=130), as_json=as_json)
    except QualityGateError as error:
        # The run is well and has been printed, its verdict too: what is left is a sentence for people.
        return _report(error, as_json=False)
    except (click.ClickException, HeptuneError, MemoryError) as error:
        return _report(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - what nobody thought of; the last place where it can be told
        from heptune.storage.memory_errors import is_want_of_memory

        if is_want_of_memory(error):  # anywhere, the import of a library included
            return _report(error, as_json=as_json)
        return _report_our_fault(error, as_json=as_json)


def _check_arguments(arguments: list[str]) -> None:
    """Refuse bytes that are no text; Python hands them over as lone surrogates, which nothing can write.

    Raises:
        UsageError: an argument holds such bytes.
    """
    for argument in arguments:
        if any("\ud800" <= character <= "\udfff" for character in argument):
            raise UsageError(
                _("An argument is not text in this system's encoding."),
                code="undecodable_argument",
                where=argument.encode("utf-8", "backslashreplace").decode(),
                remedy=_("Rename the file, or give the text as UTF-8."),
            )


def _report(error: Exception, *, as_json: bool) -> int:
    """Print an error for people or programs and return its exit code."""
    if isinstance(error, click.UsageError) and not as_json:
        error.show()
        return error.exit_code
    ours = _translated(error)
    if as_json:
        click.echo(json.dumps({"error": ours.to_dict()}, ensure_ascii=False))
    else:
        _print_for_people(ours)
    return ours.exit_code


def _report_our_fault(error: Exception, *, as_json: bool) -> int:
    """Print what a report needs on standard error, and what `_report` prints besides."""
    traceback.print_exception(error)
    ours = HeptuneError(
        _("Something went wrong inside Heptune. This is our fault, not yours."),
        code="internal_error",
        found=f"{type(error).__name__}: {error}",
        remedy=_("Please report it in the issues of Heptune's repository, with the lines on standard error."),
    )
    if as_json:
        _print_for_people(ours)
    return _report(ours, as_json=as_json)


def _print_for_people(error: HeptuneError) -> None:
    from rich.text import Text

    from heptune.reports.tables import visible

    text = Text.assemble((_("error") + ": ", "red"), visible(str(error)))
    terminal(stderr=True).print(text, soft_wrap=True)


def _translated(error: Exception) -> HeptuneError:
    if isinstance(error, HeptuneError):
        return error
    if isinstance(error, click.ClickException):
        return UsageError(error.format_message(), code="usage")
    return ResourceError(
        _("There is not enough memory."),
        code="out_of_memory",
        remedy=_("Use a smaller model, --batch-size, or tokens.max_length."),
    )


def _wants_json(arguments: list[str]) -> bool:
    pairs = pairwise(arguments)
    return "--format=json" in arguments or ("--format", "json") in pairs
