"""heptune verify: whether a bundle is what was written, and still answers as it did."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option


@make_command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@format_option
def command(bundle: Path, output_format: str) -> None:
    """Check BUNDLE: each file that influences a prediction, and the answers that were recorded when it was written.

    Exit code 3 where something differs; the message names the file or the text.
    """
    from heptune.bundle.verify import verify_bundle
    from heptune.reports.verification import verification_lines

    verified = verify_bundle(bundle)
    if output_format == "json":
        click.echo(json.dumps(verified.model_dump(mode="json"), ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(verified.sha256)
    else:
        for line in verification_lines(verified):
            click.echo(line)
