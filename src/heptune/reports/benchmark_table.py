"""A benchmark as a table."""

from typing import Any

from heptune.i18n import _
from heptune.schemas.benchmark import BenchmarkReport, TimedWay


def show_benchmark(console: Any, report: BenchmarkReport) -> None:  # noqa: ANN401 - a rich console
    """Print what a person wants to know of a benchmark."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(_("way"), no_wrap=True)
    for name in (_("texts/s"), _("times fp32"), _("peak MiB"), _("labels changed"), _("largest difference")):
        table.add_column(name, justify="right")
    table.add_column(_("agrees"))
    for way in report.ways:
        table.add_row(*_cells(way))
    console.print(
        _(
            "{count:,} texts ({source}) on {threads} threads of {processor}",
            count=report.texts,
            source=report.source,
            threads=report.threads,
            processor=report.processor,
        ),
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    console.print(table)
    for way in report.ways:
        if way.why_not is not None:
            console.print(f"{way.name}: {way.why_not}", soft_wrap=True, markup=False, highlight=False)
    console.print(
        _("the fastest that agrees: {name}; {command}", name=report.fastest, command=report.command),
        soft_wrap=True,
        markup=False,
        highlight=False,
    )


def _cells(way: TimedWay) -> list[str]:
    if way.texts_per_second is None or way.ratio is None:
        return [way.name, "–", "–", "–", "–", "–", "–"]
    peak = "–" if way.peak_memory_mib is None else f"{way.peak_memory_mib:,.0f}"
    figures = way.agreement
    changed = "–" if figures is None else f"{figures.flips} ({figures.flip_share.value:.1%})"
    largest = "–" if figures is None else f"{figures.largest_difference:.2g}"
    agrees = "–" if figures is None else (_("yes") if way.agrees else _("no"))
    return [way.name, f"{way.texts_per_second:,.0f}", f"{way.ratio:.2f}", peak, changed, largest, agrees]
