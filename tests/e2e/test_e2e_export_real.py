"""Exports of real pretrained models: an encoder that ships as a package, and a decoder of GPT-2's size."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import heptune
from heptune.bundle_export import export

pytestmark = pytest.mark.slow
TEXTS = ["The parcel never came.", "Thanks!", "Where can I change my address?", "so slow " * 300]


def check(bundle: Path, *, largest: float, most_points: float) -> None:
    original = heptune.load(bundle, precision="fp32").predict_proba(TEXTS)
    for to, tolerance in (("onnx", 1e-4), ("onnx-int8", largest)):
        report = export(bundle, to, max_accuracy_loss=most_points) if to == "onnx-int8" else export(bundle, to)
        assert report.parity.rows is not None
        predictor = heptune.load(report.folder)
        answers = predictor.predict_proba(TEXTS)
        assert np.abs(answers - original).max() <= tolerance
        alone = np.concatenate([predictor.predict_proba([text]) for text in TEXTS])
        assert answers == pytest.approx(alone, abs=1e-4)
    assert report.size_mib < 0.3 * report.original_size_mib


def test_the_starter_model(tmp_path):
    run = heptune.run("sample:english", model="starter", out=tmp_path / "run", sources={"method": "linear-probe"})
    check(run.bundle, largest=0.15, most_points=2.0)


@pytest.mark.shared
def test_a_decoder(shared_data, tmp_path):
    tool = shared_data.parent / "tools" / "smollm2"
    made = subprocess.run([tool, tmp_path / "model", sys.executable], check=False, capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"the package that carries the model cannot be fetched: {made.stderr[-200:]}")
    run = heptune.run(
        "sample:english",
        model=tmp_path / "model",
        out=tmp_path / "run",
        sources={"method": "linear-probe"},
        dataset={"sample": 150, "test_sample": 30},
    )
    # One of some twenty rows to choose by is five points.
    check(run.bundle, largest=0.3, most_points=10.0)
