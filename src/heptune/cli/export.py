"""heptune export: a bundle for ONNX Runtime."""

import json
from pathlib import Path
from typing import Any

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import format_option, notice_aloud, terminal


@make_command("export")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--to", type=click.Choice(["onnx", "onnx-int8"]), required=True, help="fp32, or matrix products in 8-bit integers."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="[default: BUNDLE-onnx or -onnx-int8]")
@click.option(
    "--max-difference", type=float, metavar="SCORE", help="How far scores may differ with onnx.  [default: 0.0001]"
)
@click.option(
    "--max-accuracy-loss", type=float, metavar="POINTS", help="What onnx-int8 may cost in accuracy.  [default: 0.5]"
)
@format_option
def command(bundle: Path, to: str, out: Path | None, output_format: str, **tolerances: float | None) -> None:
    """Export BUNDLE to a folder that predicts and serves without torch, where it answers as BUNDLE does.

    Answers are compared on the bundle's golden texts and on the validation and calibration rows of its run. Outside of
    the tolerance nothing is written, and the exit code is 4.
    """
    from heptune.bundle_export import export
    from heptune.exporting.export import ParityError
    from heptune.reports.export_lines import export_lines, parity_lines

    given = {name: value for name, value in tolerances.items() if value is not None}
    _refuse_idle(to, given)
    as_json = output_format == "json"
    try:
        report = export(bundle, to, out, notice=notice_aloud, **given)  # type: ignore[arg-type]
    except ParityError as error:
        if as_json:
            click.echo(_as_json(error.report))
        elif output_format != "quiet":
            _print(parity_lines(error.report))
        raise
    if as_json:
        click.echo(_as_json(report.parity, **report.model_dump(mode="json", exclude={"parity"})))
    elif output_format == "quiet":
        click.echo(report.folder)
    else:
        _print(export_lines(report))


def _as_json(parity: Any, **made: Any) -> str:  # noqa: ANN401 - records, imported late
    """Return one object of the same shape whether or not something was written."""
    nothing = dict.fromkeys(("folder", "size_mib", "original_size_mib", "seconds"))
    content = {**nothing, **made, "agrees": parity.agrees, "parity": parity.model_dump(mode="json")}
    content["parity"] |= {
        "why_no_rows": parity.why_no_rows and str(parity.why_no_rows),
        "faults": [str(fault) for fault in parity.faults],
    }
    return json.dumps(content, ensure_ascii=False)


def _print(lines: Any) -> None:  # noqa: ANN401 - an iterator
    for line in lines:
        terminal().print(line, soft_wrap=True, markup=False, highlight=False)


def _refuse_idle(to: str, given: dict[str, float]) -> None:
    """Refuse a tolerance of the other kind of export."""
    from heptune.errors import UsageError
    from heptune.i18n import _

    idle = "max_accuracy_loss" if to == "onnx" else "max_difference"
    if idle in given:
        raise UsageError(
            _("Some settings have no effect."),
            code="setting_without_effect",
            where="--" + idle.replace("_", "-"),
            found=f"--to {to}",
            remedy=_("Leave them out."),
        )
