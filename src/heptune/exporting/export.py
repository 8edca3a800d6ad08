"""Making an exported bundle: the graph, the parity gate, and the folder that is written only where it agrees."""

import math
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heptune.bundle.layout import GOLDEN_TOLERANCE, MODEL_CARD, BundleInfo, PrecisionName, influences_prediction
from heptune.bundle.load import check_bundle, read_bundle
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import write_info
from heptune.errors import Fault, QualityGateError
from heptune.exporting.card import exported_card
from heptune.exporting.parity import INT8_MARGIN, compare_answers, faults_of
from heptune.exporting.run_rows import LabelledTexts, RunRows, rows_beside
from heptune.exporting.support import refuse_unfit
from heptune.i18n import Sentence, _
from heptune.schemas.export import ExportReport, ExportTarget, ParityFigures, ParityReport
from heptune.schemas.model_files import CONFIG, TOKENIZER_FILES
from heptune.storage.artifacts import atomic_folder

PARITY_FILE = "parity.json"
PRECISIONS: dict[ExportTarget, PrecisionName] = {"onnx": "fp32", "onnx-int8": "int8"}
# A text of so many tokens is compared too, where the model reads as many: rows of a run may all be short.
LONG_TEXT_WORDS = 512


class ParityError(QualityGateError):
    """An export does not answer as the bundle that it was made from; nothing was written.

    Attributes:
        report: How the two differ.
    """

    def __init__(self, report: ParityReport, folder: Path) -> None:
        self.report = report
        super().__init__(
            _("The export does not agree with the bundle, and was not written."),
            code="no_parity",
            where=str(folder),
            faults=[Fault(where=report.target, message=fault) for fault in report.faults],
            remedy=_("Serve the bundle as it is; or widen the tolerance, if that is good enough for you."),
        )


def export_bundle(
    bundle: Path,
    out: Path,
    *,
    target: ExportTarget,
    max_difference: float,
    max_accuracy_loss: float,
    notice: Callable[[Sentence], None] = lambda _sentence: None,
) -> ExportReport:
    """Export a bundle, and write it where its answers agree.

    Args:
        bundle: A bundle with a network on torch.
        out: A new folder.
        target: What to make.
        max_difference: Largest difference of a probability in fp32.
        max_accuracy_loss: Most points of accuracy that int8 may lose.
        notice: Told what goes on.

    Raises:
        ParityError: the answers differ by more than that.
        UsageError: this bundle cannot be exported.
        MissingError: there is no bundle, or packages are missing.
        InvalidInputError: the bundle is damaged, or its network cannot be written down as a graph.
        ResourceError: there is not enough memory, or the place does not let us write.
    """
    started = time.perf_counter()
    info = read_bundle(bundle)
    refuse_unfit(bundle, info)
    check_bundle(bundle)
    with atomic_folder(out, influences_prediction=_influences_prediction) as folder:
        notice(_("the network is exported"))
        fill_export(bundle, folder, info, target, _traced(bundle))
        notice(_("the answers are compared"))
        parity = _check(
            bundle, folder, target=target, max_difference=max_difference, max_accuracy_loss=max_accuracy_loss
        )
        if not parity.agrees:
            raise ParityError(parity, out)
        _describe(bundle, folder, info, parity)
        size = sum(path.stat().st_size for path in folder.glob("model.onnx*"))
    return ExportReport(
        folder=str(out),
        size_mib=round(size / 2**20, 1),
        original_size_mib=round(sum(path.stat().st_size for path in bundle.glob("*.safetensors")) / 2**20, 1),
        seconds=round(time.perf_counter() - started, 3),
        parity=parity,
    )


def fill_export(bundle: Path, folder: Path, info: BundleInfo, target: ExportTarget, graph: Any) -> None:  # noqa: ANN401
    """Fill a folder with the graph and all that its runtime opens; nothing is compared yet.

    Args:
        bundle: Where the tokenizer is.
        folder: Where to write.
        info: The bundle's description.
        target: What to make; integers take the place of fp32 in the graph itself.
        graph: As `trace_graph` gives it.

    Raises:
        OSError: the disk is full, or the folder does not let us write.
    """
    # They need what only the extra brings.
    from heptune.exporting.graph import save_graph
    from heptune.runtimes.onnx_runtime import MODEL_FILE

    if target == "onnx-int8":
        from heptune.exporting.int8 import quantize_graph

        graph = quantize_graph(graph)
    save_graph(graph, folder / MODEL_FILE)
    for name in (CONFIG, *TOKENIZER_FILES):
        if (bundle / name).is_file():
            shutil.copyfile(bundle / name, folder / name)
    write_info(folder, info.model_copy(update={"runtime": "onnx", "precision": PRECISIONS[target]}))


def _traced(bundle: Path) -> Any:  # noqa: ANN401 - an onnx.ModelProto
    from heptune.exporting.graph import trace_graph

    return trace_graph(bundle)


def _check(
    bundle: Path, folder: Path, *, target: ExportTarget, max_difference: float, max_accuracy_loss: float
) -> ParityReport:
    """Compare the export as it will be opened, its saved tokenizer included, with the bundle in fp32."""
    original = Predictor.open(bundle, precision="fp32", check=False)
    exported = Predictor.open(folder, check=False)
    margin = max_difference if target == "onnx" else INT8_MARGIN
    tolerance = {"max_difference": max_difference, "max_accuracy_loss": max_accuracy_loss}

    def compare(texts: Sequence[str], labels: npt.NDArray[np.int32] | None = None) -> ParityFigures:
        answers = [predictor.predict_proba(texts) for predictor in (original, exported)]
        return compare_answers(*answers, margin=margin, labels=labels)

    golden = compare(_unlabelled_texts(original.info))
    beside = rows_beside(bundle, len(original.labels))
    rows = compare(beside.choosing.texts, beside.choosing.labels) if isinstance(beside, RunRows) else None
    faults = [fault for one in (golden, rows) if one for fault in faults_of(target, one, **tolerance)]
    return ParityReport(
        target=target,
        precision=PRECISIONS[target],
        **tolerance,
        golden=golden,
        rows=rows,
        why_no_rows=None if isinstance(beside, RunRows) else beside,
        faults=tuple(dict.fromkeys(faults)),
        **(_test_figures(exported, beside, margin) if isinstance(beside, RunRows) else {}),
    )


def _test_figures(exported: Predictor, rows: RunRows, margin: float) -> dict[str, Any]:
    """Compare with what the run saved; no part of the decision, or the test rows would have been used for a choice."""
    if rows.test is None or rows.saved is None:
        return {}
    test: LabelledTexts = rows.test
    answers = exported.predict_proba(test.texts)
    figures = compare_answers(rows.saved, answers, margin=margin, labels=test.labels)
    return {"test": figures, "saved_precision": rows.saved_precision}


def _unlabelled_texts(info: BundleInfo) -> list[str]:
    """Return the golden texts, and one that is longer than any of them."""
    texts = [golden.text for golden in info.golden]
    words = " ".join(texts).split() or ["a"]
    repeated = words * math.ceil(LONG_TEXT_WORDS / len(words))
    return [*texts, " ".join(repeated[:LONG_TEXT_WORDS])]


def _describe(bundle: Path, folder: Path, info: BundleInfo, parity: ParityReport) -> None:
    """Write what the export says of itself."""
    (folder / PARITY_FILE).write_text(parity.model_dump_json(indent=2) + "\n", encoding="utf-8")
    card = bundle / MODEL_CARD
    if card.is_file():
        text = exported_card(card.read_text(encoding="utf-8"), parity)
        (folder / MODEL_CARD).write_text(text, encoding="utf-8")
    # What int8 makes of the golden texts, with room for what other machines round otherwise.
    measured = round(2 * parity.golden.largest_difference + 0.01, 3)
    tolerance = GOLDEN_TOLERANCE | {
        "fp32": max(GOLDEN_TOLERANCE["fp32"], parity.max_difference),
        "int8": max(GOLDEN_TOLERANCE["int8"], measured if parity.precision == "int8" else 0.0),
    }
    changes = {"runtime": "onnx", "precision": parity.precision, "golden_tolerance": tolerance}
    write_info(folder, info.model_copy(update=changes))


def _influences_prediction(name: str) -> bool:
    return name != PARITY_FILE and influences_prediction(name)
