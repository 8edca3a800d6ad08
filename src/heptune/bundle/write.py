"""Filling a bundle's folder; the manifest comes from storage when the folder is complete."""

import json
from collections.abc import Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from heptune.bundle.layout import BUNDLE_FILE, BundleInfo, GoldenPrediction, RuntimeName
from heptune.bundle.predictor import Predictor
from heptune.bundle.runtime import open_runtime
from heptune.schemas.dataset import LabelInfo


def describe_bundle(
    folder: Path,
    *,
    runtime: RuntimeName,
    labels: Sequence[LabelInfo],
    max_length: int | None,
    provenance: dict[str, Any],
    sample: Sequence[str] = (),
) -> Predictor:
    """Write heptune.json beside the saved files, golden predictions in it, and return the opened bundle.

    Args:
        folder: Holds the files that the runtime opens.
        runtime: Which runtime opens them.
        labels: The classes in class order.
        max_length: Longest sequence in tokens; None for no bound.
        provenance: Model, data and seeds that it was made from.
        sample: Texts like those that it will score, to compare precisions; none of them is written. Without any,
            bf16 is never taken by itself.
    """
    opened = open_runtime(runtime, folder, precision="fp32")
    texts = golden_texts()
    scores = opened.score(texts)
    answers = zip(texts, scores.probabilities, scores.without_tokens, strict=True)
    golden = [
        GoldenPrediction(text=text, label=labels[int(row.argmax())].name, probabilities=tuple(row.tolist()))
        for text, row, without_tokens in answers
        if not without_tokens
    ]
    info = BundleInfo(
        heptune_version=version("heptune"),
        runtime=runtime,
        labels=tuple(labels),
        max_length=max_length,
        bf16_difference=opened.bf16_difference(sample),
        golden=tuple(golden),
        provenance=provenance,
    )
    write_info(folder, info)
    del opened  # before its like is opened, as users will
    return Predictor.open(folder, check=False)


def write_info(folder: Path, info: BundleInfo) -> None:
    """Write heptune.json into a bundle that is being filled; what goes without saying is left out."""
    optional = ("label_kind", "decisions", "precision", "golden_tolerance")
    unsaid = {name for name in optional if getattr(info, name) == BundleInfo.model_fields[name].default}
    (folder / BUNDLE_FILE).write_text(info.model_dump_json(indent=2, exclude=unsaid) + "\n", encoding="utf-8")


def golden_texts() -> list[str]:
    """Return the shipped synthetic texts whose predictions a bundle records."""
    text = resources.files("heptune").joinpath("resources", "golden_texts.json").read_text(encoding="utf-8")
    texts: list[str] = json.loads(text)
    return texts
