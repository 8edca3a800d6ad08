"""heptune pull: a bundle from the Hub."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option


@make_command("pull")
@click.argument("repository", metavar="OWNER/NAME")
@click.option("--revision", metavar="REVISION", help="Branch, tag or commit.  [default: the main branch]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to.  [default: NAME]")
@format_option
def command(repository: str, revision: str | None, out: Path | None, output_format: str) -> None:
    """Get the bundle of a model repository of the Hugging Face Hub, and verify it before it stands in FOLDER."""
    from heptune.bundle_exchange import pull
    from heptune.i18n import _
    from heptune.reports.step_lines import format_bytes
    from heptune.reports.verification import verification_lines

    def announce(size: int) -> None:
        click.echo(_("downloading {size}", size=format_bytes(size)), err=True)

    verified, commit = pull(repository, out, revision=revision, announce=announce)
    if output_format == "json":
        click.echo(json.dumps({"commit": commit, **verified.model_dump(mode="json")}, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(verified.folder)
    else:
        click.echo(_("revision {commit}", commit=commit))
        for line in verification_lines(verified):
            click.echo(line)
