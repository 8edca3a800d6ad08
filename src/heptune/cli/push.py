"""heptune push: a bundle onto the Hub."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option


@make_command("push")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("repository", metavar="OWNER/NAME")
@click.option("--public", is_flag=True, help="Let everybody see it; without, the repository is private.")
@format_option
def command(bundle: Path, repository: str, public: bool, output_format: str) -> None:
    """Upload BUNDLE to a model repository of the Hugging Face Hub, as one commit, with its model card.

    The repository is made where there is none. HF_TOKEN, or `hf auth login`, says who you are; HF_ENDPOINT names
    another Hub. Nothing is uploaded where the bundle is not as it was written, or personal data stand in its words.
    """
    from heptune.bundle_exchange import push
    from heptune.i18n import _

    uploaded = push(bundle, repository, public=public)
    if output_format == "json":
        click.echo(json.dumps(asdict(uploaded), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(uploaded.commit)
    else:
        click.echo(_("private") + f"  {uploaded.page}" if uploaded.private else _("public") + f"  {uploaded.page}")
        click.echo(_("revision {commit}", commit=uploaded.commit))
        click.echo(f"heptune pull {uploaded.repo_id} --revision {uploaded.commit}")
