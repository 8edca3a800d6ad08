"""Which way to score texts is the fastest on this machine, among those that agree."""

import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heptune.bundle.layout import GOLDEN_TOLERANCE, BundleInfo
from heptune.bundle.load import check_bundle
from heptune.errors import InvalidInputError
from heptune.exporting.export import fill_export
from heptune.exporting.parity import compare_answers
from heptune.exporting.race import Lap, Starter, race
from heptune.exporting.support import PIP_LINE, missing_packages
from heptune.i18n import Sentence, _
from heptune.schemas.benchmark import BenchmarkReport, TimedWay, WayName
from heptune.schemas.export import MAX_ACCURACY_LOSS, MAX_DIFFERENCE, ExportTarget, ParityFigures

WAYS: tuple[WayName, ...] = ("torch fp32", "torch bf16", "onnx fp32", "onnx int8")
EXPORTS: dict[WayName, ExportTarget] = {"onnx fp32": "onnx", "onnx int8": "onnx-int8"}
REFERENCE: WayName = "torch fp32"


def benchmark_bundle(
    bundle: Path,
    info: BundleInfo,
    texts: Sequence[str],
    *,
    source: Sentence,
    labels: npt.NDArray[np.int32] | None = None,
    rounds: int,
    notice: Callable[[Sentence], None],
) -> BenchmarkReport:
    """Time every way that this machine can go; exports are made for it and thrown away.

    Args:
        bundle: A bundle with a network on torch.
        info: Its description.
        texts: What is scored.
        source: Where they are from.
        labels: Right classes, int `[n]`; None where they are not known.
        rounds: Passes over the texts that count.
        notice: Told what goes on.

    Raises:
        HeptuneError: the bundle is damaged, or there is not enough memory.
    """
    check_bundle(bundle)
    why_not: dict[str, Sentence] = {}
    starters: dict[str, Starter] = {REFERENCE: Starter(bundle, "fp32")}
    if reason := _why_no_bf16():
        why_not["torch bf16"] = reason
    else:
        starters["torch bf16"] = Starter(bundle, "bf16")
    with tempfile.TemporaryDirectory() as place:
        exported = _exports(bundle, info, Path(place), notice)
        if isinstance(exported, Sentence):
            why_not |= dict.fromkeys(EXPORTS, exported)
        else:
            starters |= exported
        notice(_("{count} ways are timed in turn, in {rounds} rounds", count=len(starters), rounds=rounds))
        laps = race(starters, texts, rounds=rounds)
    ways = [
        TimedWay(name=name, why_not=why_not[name])
        if name in why_not
        else _timed(name, laps[name], laps[REFERENCE], labels)
        for name in WAYS
    ]
    fastest = max((way for way in ways if way.agrees), key=lambda way: way.ratio or 0.0).name
    return BenchmarkReport(
        texts=len(texts),
        source=source,
        processor=_processor(),
        threads=_threads(),
        ways=tuple(ways),
        fastest=fastest,
        command=command_for(fastest, bundle),
    )


def agrees(name: WayName, figures: ParityFigures) -> bool:
    """Return whether a way is close enough to fp32 on torch.

    int8 may lose half a point of accuracy. Where right labels are not known, no more labels than that may change, for
    each that does can be one that was right.
    """
    if name == "onnx int8":
        known = figures.accuracy_difference
        loss = figures.flip_share.value if known is None else -known.value
        return 100 * loss <= MAX_ACCURACY_LOSS + 1e-9
    return figures.largest_difference <= (GOLDEN_TOLERANCE["bf16"] if name == "torch bf16" else MAX_DIFFERENCE)


def command_for(name: WayName, bundle: Path) -> str:
    """Return what a user types to have texts scored this way."""
    if name in EXPORTS:
        return f"heptune export {bundle} --to {EXPORTS[name]}"
    return f'heptune.load("{bundle}", precision="{name.split()[1]}")'


def _why_no_bf16() -> Sentence | None:
    from heptune.modeling.precision import choose_precision
    from heptune.runtimes.torch_runtime import best_device

    chosen = choose_precision("auto", best_device())
    return None if chosen.precision == "bf16" else chosen.reason


def _exports(
    bundle: Path, info: BundleInfo, place: Path, notice: Callable[[Sentence], None]
) -> dict[str, Starter] | Sentence:
    """Export both ways, or return why that cannot be."""
    if missing := missing_packages():
        return _("missing: {names}; {command}", names=", ".join(missing), command=PIP_LINE)
    from heptune.exporting.graph import trace_graph

    notice(_("the network is exported for the comparison"))
    try:
        graph = trace_graph(bundle)
    except InvalidInputError as error:
        return _("it cannot be exported: {reason}", reason=error.found)
    starters: dict[str, Starter] = {}
    for name, target in EXPORTS.items():  # fp32 first: integers take its place in the graph
        folder = place / target
        folder.mkdir()
        fill_export(bundle, folder, info, target, graph)
        starters[name] = Starter(folder, None)
    return starters


def _timed(name: WayName, lap: Lap, reference: Lap, labels: npt.NDArray[np.int32] | None) -> TimedWay:
    figures = None
    if name != REFERENCE:
        figures = compare_answers(reference.probabilities, lap.probabilities, margin=MAX_DIFFERENCE, labels=labels)
    ratios = [other / own for own, other in zip(lap.seconds, reference.seconds, strict=True)]
    return TimedWay(
        name=name,
        seconds=tuple(round(seconds, 4) for seconds in lap.seconds),
        texts_per_second=round(len(lap.probabilities) / statistics.median(lap.seconds), 1),
        ratio=round(statistics.median(ratios), 3),
        peak_memory_mib=lap.peak_memory_mib,
        agreement=figures,
        agrees=figures is None or agrees(name, figures),
    )


def _processor() -> str:
    from heptune.storage.process import processor_name

    return processor_name() or platform.machine()


def _threads() -> int:
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdecimal() else os.cpu_count() or 1
