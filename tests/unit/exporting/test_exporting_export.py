"""What an export holds, when it is written, and what is refused before any work begins."""

import json
import re
import shutil

import numpy as np
import pytest
from tiny_models import ARCHITECTURES, edit_json

import heptune
from heptune.bundle.layout import GOLDEN_TOLERANCE
from heptune.bundle.load import read_bundle
from heptune.bundle_export import default_place, export
from heptune.errors import InvalidInputError, MissingError, QualityGateError, UsageError
from heptune.exporting import graph, support
from heptune.storage.artifacts import read_manifest

TEXTS = ["win a prize now", "ok", "bad parcel " * 40]
FILES = ["MANIFEST.json", "config.json", "heptune.json", "model.onnx", "parity.json", "tokenizer.json"]


@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name not in ("bert", "gpt2", "llama")])
@pytest.mark.slow
def test_every_architecture_that_trains_can_be_exported(exported, architecture):
    for to in ("onnx", "onnx-int8"):
        made = exported(architecture, to)
        assert made.report.parity.agrees
        assert made.predictor.predict_proba(TEXTS).shape == (3, 3)
    assert exported(architecture).report.parity.golden.largest_difference < 1e-4


@pytest.mark.parametrize("to", ["onnx", "onnx-int8"])
def test_what_belongs_to_the_answers_travels_inside(exported, to):
    made = exported("bert", to)
    names = sorted(path.name for path in made.folder.iterdir())
    assert set(FILES) <= set(names)
    assert not [name for name in names if name.endswith(("safetensors", ".bin"))]
    before, after = read_bundle(made.bundle), read_bundle(made.folder)
    for kept in ("labels", "label_kind", "max_length", "decisions", "golden", "provenance"):
        assert getattr(after, kept) == getattr(before, kept)
    assert (after.runtime, after.precision) == ("onnx", "fp32" if to == "onnx" else "int8")
    for name in ("tokenizer.json", "tokenizer_config.json", "config.json"):
        assert (made.folder / name).read_bytes() == (made.bundle / name).read_bytes()
    influences = {name: entry.influences_prediction for name, entry in read_manifest(made.folder).files.items()}
    assert [name for name, does in influences.items() if not does] == ["parity.json"]
    assert json.loads((made.folder / "parity.json").read_text())["faults"] == []


@pytest.mark.parametrize("to", ["onnx", "onnx-int8"])
def test_the_golden_answers_are_kept_to_within_the_tolerance_of_the_precision(exported, to):
    made = exported("gpt2", to)
    info = read_bundle(made.folder)
    answers = made.predictor.predict_proba([golden.text for golden in info.golden])
    wanted = np.array([golden.probabilities for golden in info.golden])
    assert answers == pytest.approx(wanted, abs=info.golden_tolerance[info.precision])
    assert read_bundle(made.bundle).golden_tolerance == GOLDEN_TOLERANCE


def test_nothing_of_this_machine_is_written_down(exported):
    content = (exported("bert").folder / "model.onnx").read_bytes()
    assert not re.search(rb"/(tmp|home|root|usr|work)/|site-packages|\.py\b", content)


def test_the_graph_asks_for_nothing_that_the_tokenizer_does_not_give(exported):
    """C20: a BERT, whose network knows segment ids, and a tokenizer that gives none."""
    import onnx

    inputs = [entry.name for entry in onnx.load(exported("bert").folder / "model.onnx").graph.input]
    assert inputs == ["input_ids", "attention_mask"]


def test_outside_of_the_tolerance_nothing_is_written(tiny_bundle, tmp_path):
    with pytest.raises(QualityGateError) as caught:
        export(tiny_bundle("bert"), out=tmp_path / "out", max_difference=0)
    assert (caught.value.code, caught.value.exit_code) == ("no_parity", 4)
    assert caught.value.report.golden.largest_difference > 0
    assert list(tmp_path.glob("*out*")) == []


def test_weights_that_one_file_cannot_hold_lie_beside_it(tiny_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "MOST_BYTES_IN_ONE_FILE", 1_000)
    folder = tmp_path / "out"
    export(tiny_bundle("bert"), out=folder)
    assert (folder / "model.onnx.data").stat().st_size > (folder / "model.onnx").stat().st_size
    answers = heptune.load(folder).predict_proba(TEXTS)
    assert answers == pytest.approx(heptune.load(tiny_bundle("bert"), precision="fp32").predict_proba(TEXTS), abs=1e-4)
    (folder / "model.onnx.data").write_bytes(b"")
    with pytest.raises(InvalidInputError, match="not as it was written"):
        heptune.load(folder)


def refused(bundle, kind=UsageError, **options):
    with pytest.raises(kind) as caught:
        export(bundle, **options)
    return caught.value


def test_what_is_no_network_on_torch_is_refused_before_any_work(exported, tiny_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "trace_graph", lambda _bundle: pytest.fail("work has begun"))
    assert refused(exported("bert").folder).code == "nothing_to_export"
    tfidf = shutil.copytree(tiny_bundle("bert"), tmp_path / "tfidf")
    edit_json(tfidf / "heptune.json", runtime="tfidf")
    assert refused(tfidf).code == "nothing_to_export"
    assert refused(tmp_path / "nowhere", MissingError).code == "no_bundle"
    assert refused(tiny_bundle("bert"), to="tflite").code == "unknown_target"
    for name in ("max_difference", "max_accuracy_loss"):
        for value in (-1.0, float("nan")):
            assert refused(tiny_bundle("bert"), **{name: value}).where == name
    monkeypatch.setattr(support, "find_spec", lambda name: None if name == "onnxscript" else object())
    error = refused(tiny_bundle("bert"), MissingError)
    assert (error.code, error.remedy) == ("missing_extra", 'pip install "heptune[export]"')
    assert "onnxscript" in error.found


def test_a_place_that_is_taken_or_inside_the_bundle_is_refused(tiny_bundle, tmp_path):
    (tmp_path / "taken").mkdir()
    assert refused(tiny_bundle("bert"), out=tmp_path / "taken").code == "exists"
    assert refused(tiny_bundle("bert"), out=tiny_bundle("bert") / "inside").code == "inside_the_bundle"
    assert not (tiny_bundle("bert") / "inside").exists()


def test_the_usual_place_is_beside_the_bundle(tmp_path, monkeypatch):
    assert default_place(tmp_path / "bundle", "onnx-int8") == tmp_path / "bundle-onnx-int8"
    (tmp_path / "bundle").mkdir()
    monkeypatch.chdir(tmp_path / "bundle")
    assert default_place(type(tmp_path)("."), "onnx") == tmp_path / "bundle-onnx"


def test_a_network_that_cannot_be_written_down_is_an_error_that_says_why(tiny_bundle, tmp_path, monkeypatch):
    import torch

    def forward(_self, input_ids, _mask):
        return torch.ops.aten.histc(input_ids.float())

    monkeypatch.setattr(graph.PooledClassifier, "forward", forward)
    error = refused(tiny_bundle("bert"), InvalidInputError, out=tmp_path / "out")
    assert (error.code, error.where) == ("cannot_export", str(tiny_bundle("bert")))
    assert error.found.startswith("BertForSequenceClassification: ")
    assert list(tmp_path.iterdir()) == []


def test_without_its_run_a_bundle_is_compared_on_the_golden_texts_and_says_so(exported):
    parity = exported("bert").report.parity
    assert (parity.rows, parity.test) == (None, None)
    assert str(parity.why_no_rows) == "the bundle does not lie in the folder of its run"
    assert parity.golden.rows == len(read_bundle(exported("bert").bundle).golden) + 1
