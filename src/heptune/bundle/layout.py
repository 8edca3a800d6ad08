"""What a bundle is on disk, beside the files that its runtime opens."""

from typing import Any, Literal

from heptune.data.label_kinds import LabelKind
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.decisions import Decisions
from heptune.schemas.record import Record

BUNDLE_FILE = "heptune.json"
MODEL_CARD = "README.md"
CONFIG_FILE = "config.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
SCHEMA_VERSION = 1
RuntimeName = Literal["tfidf", "torch", "onnx"]
PrecisionName = Literal["fp32", "int8"]
# How far a probability may be from the recorded one, by precision: rounding; what counts as agreement of bf16 (decision
# 0013); for int8 an export writes down what it has measured.
GOLDEN_TOLERANCE = {"fp32": 1e-4, "bf16": 0.05, "int8": 0.1}


class GoldenPrediction(Record):
    """What the bundle answered to a shipped synthetic text when it was written, in its most exact precision."""

    text: str
    label: str
    probabilities: tuple[float, ...]


class BundleInfo(Record):
    """The content of heptune.json.

    Attributes:
        schema_version: Of this file.
        heptune_version: That wrote it.
        runtime: Which runtime opens the files beside it.
        labels: The classes in class order.
        label_kind: Of which kind the labels were that a `TextClassifier` learnt; all else reads and gives their names.
        max_length: Longest sequence in tokens; None where texts of any length are read.
        bf16_difference: Largest difference of a probability between bf16 and fp32 on texts of the data; None where
            nobody looked: bf16 is not fast on the machine that made it, or its run was to be in fp32.
        decisions: What is done with answers.
        precision: Of the matrix products of an ONNX export; others choose it where they are opened.
        golden: Answers in fp32 by which a later installation can check itself.
        golden_tolerance: How far each probability may be from them, by precision.
        provenance: Model, data and seeds that it was made from.
    """

    schema_version: int = SCHEMA_VERSION
    heptune_version: str
    runtime: RuntimeName
    labels: tuple[LabelInfo, ...]
    label_kind: LabelKind = "str"
    max_length: int | None
    bf16_difference: float | None = None
    decisions: Decisions = Decisions()
    precision: PrecisionName = "fp32"
    golden: tuple[GoldenPrediction, ...]
    golden_tolerance: dict[str, float] = GOLDEN_TOLERANCE
    provenance: dict[str, Any]


def influences_prediction(name: str) -> bool:
    """Return whether a changed byte of the bundle's file can change a prediction: all but the model card."""
    return name != MODEL_CARD
