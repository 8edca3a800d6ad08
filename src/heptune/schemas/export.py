"""What an export is held to, and how it has done."""

from typing import Literal

from heptune.schemas.record import Record
from heptune.schemas.score import Score
from heptune.schemas.sentence import StoredSentence

ExportTarget = Literal["onnx", "onnx-int8"]
TARGETS: tuple[ExportTarget, ...] = ("onnx", "onnx-int8")
# Largest difference of a probability in fp32; most points of accuracy that int8 may lose.
MAX_DIFFERENCE, MAX_ACCURACY_LOSS = 1e-4, 0.5


class ParityFigures(Record):
    """How two sets of answers to the same texts differ.

    Attributes:
        rows: Texts that are compared.
        flips: Texts whose label changed.
        flip_share: The same as a share, with its interval.
        flips_beyond: Those among them where the two highest scores of the original differ by more than the tolerance.
        largest_difference: Of a probability.
        mean_difference: Of a probability, all classes told.
        original_accuracy: None where the right labels are not known.
        exported_accuracy: The same.
        accuracy_difference: Exported minus original, with its paired interval.
    """

    rows: int
    flips: int
    flip_share: Score
    flips_beyond: int
    largest_difference: float
    mean_difference: float
    original_accuracy: float | None = None
    exported_accuracy: float | None = None
    accuracy_difference: Score | None = None


class ParityReport(Record):
    """Whether an export answers as the bundle that it was made from, in fp32.

    Attributes:
        schema_version: Of this record.
        target: What was made.
        precision: Of its matrix products.
        max_difference: Largest difference of a probability that fp32 is allowed.
        max_accuracy_loss: Most points of accuracy that int8 may lose.
        golden: On the bundle's golden texts, and on one that is as long as the model reads.
        rows: On the run's validation and calibration rows; None where they are not at hand.
        why_no_rows: Why they are not.
        test: On the test rows, against the predictions that the run saved; it is looked at after the decision.
        saved_precision: In which the run's predictions were made.
        faults: What is outside of the tolerance; empty where the export agrees.
    """

    schema_version: int = 1
    target: ExportTarget
    precision: Literal["fp32", "int8"]
    max_difference: float
    max_accuracy_loss: float
    golden: ParityFigures
    rows: ParityFigures | None = None
    why_no_rows: StoredSentence | None = None
    test: ParityFigures | None = None
    saved_precision: str | None = None
    faults: tuple[StoredSentence, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything is within the tolerance."""
        return not self.faults


class ExportReport(Record):
    """What came of an export.

    Attributes:
        folder: The exported bundle.
        size_mib: Of its graph, in MiB.
        original_size_mib: Of the original's weights, in MiB.
        seconds: What it took.
        parity: How it agrees.
    """

    folder: str
    size_mib: float
    original_size_mib: float
    seconds: float
    parity: ParityReport
