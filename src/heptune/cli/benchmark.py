"""heptune benchmark: the fastest way to score one's own texts here."""

import json
from pathlib import Path

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, notice_aloud, terminal


@make_command("benchmark")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("data", required=False, type=click.Path(path_type=Path), metavar="[INPUT]")
@click.option("--text-column", metavar="COLUMN", help="Column of INPUT.  [default: the only one, or text]")
@click.option("--rows", type=click.IntRange(1), default=1_000, show_default=True, help="Most texts of a round.")
@format_option
def command(bundle: Path, data: Path | None, text_column: str | None, rows: int, output_format: str) -> None:
    """Time what this machine can score texts with, and name the fastest that agrees with fp32.

    The texts are those of INPUT, else the validation and calibration rows of BUNDLE's run. Nothing is written.
    """
    from heptune.bundle_benchmark import benchmark
    from heptune.reports.benchmark_table import show_benchmark

    report = benchmark(bundle, data, text_column=text_column, rows=rows, notice=notice_aloud)
    if output_format == "json":
        content = report.model_dump(mode="json") | {"source": str(report.source)}
        for way, timed in zip(content["ways"], report.ways, strict=True):
            way["why_not"] = timed.why_not and str(timed.why_not)
        click.echo(json.dumps(content, ensure_ascii=False))
    elif output_format == "quiet":
        click.echo(report.fastest)
    else:
        show_benchmark(terminal(), report)
