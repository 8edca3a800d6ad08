"""`heptune export` and `heptune benchmark` as a user types them, and an export where there is no torch."""

import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from command_line import call
from made_up_data import messages, write_csv

import heptune as library

TRAINING = ["--epochs", "3", "--batch-size", "8", "--learning-rate", "3e-3", "--precision", "fp32"]
TEXTS = ["a great phone", "sad", "the parcel is " * 60, "", "great <|endoftext|> awful"]
REPORT = ["folder", "size_mib", "original_size_mib", "seconds", "agrees", "parity"]
# Whoever asks for these gets what an environment without them gives.
WITHOUT_TORCH = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "accelerate", "onnx", "onnxscript"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
from heptune.cli.main import main
main()
"""


@pytest.fixture(params=["gpt2", "bert"])
def run(request, heptune, workplace):
    """A run of a tiny decoder or a tiny encoder, and its bundle."""
    data = write_csv(workplace / "d.csv", messages(160))
    options = ["--out", "run", "--model", request.getfixturevalue(request.param), *TRAINING]
    assert heptune("run", data, *options, "--format", "quiet").code == 0
    return Path("run")


def options_of(texts):
    return [option for text in texts for option in ("--text", text)]


def test_an_export_is_checked_on_the_rows_of_its_run_and_predicts_without_torch(heptune, run):
    outcome = heptune("export", run / "bundle", "--to", "onnx", "--format", "json")
    assert (outcome.code, list(outcome.json)) == (0, REPORT)
    report = outcome.json
    assert (report["folder"], report["agrees"]) == ("run/bundle-onnx", True)
    stored = json.loads((run / "3_dataset.json").read_text())["result"]["splits"]
    choosing = sum(stored[name]["rows"] for name in ("validation", "calibration") if name in stored)
    assert (report["parity"]["rows"]["rows"], report["parity"]["test"]["rows"]) == (choosing, stored["test"]["rows"])
    for part in ("golden", "rows", "test"):
        assert report["parity"][part]["largest_difference"] < 1e-4
        assert report["parity"][part]["flips_beyond"] == 0
    assert json.loads(Path("run/bundle-onnx/parity.json").read_text())["rows"] == report["parity"]["rows"]
    card = Path("run/bundle-onnx/README.md").read_text()
    assert "library_name: onnx\n" in card
    assert "## ONNX export" in card

    ours = [json.loads(line) for line in heptune("predict", run / "bundle", *options_of(TEXTS)).out.splitlines()]
    ended = call("predict", "run/bundle-onnx", *options_of(TEXTS), program=WITHOUT_TORCH)
    assert (ended.code, ended.err) == (0, "")
    for exported, own in zip(map(json.loads, ended.out.splitlines()), ours, strict=True):
        assert {name: exported[name] for name in ("label", "truncated", "error")} == {
            name: own[name] for name in ("label", "truncated", "error")
        }
        assert exported["scores"] == pytest.approx(own["scores"], abs=1e-4)
    assert call("predict", "run/bundle", "--text", "ok", program=WITHOUT_TORCH).code == 5


def test_test_rows_are_no_part_of_the_decision(heptune, run):
    """Whatever the run had saved of them."""
    with pa.memory_map("run/7_predictions.arrow") as source:
        table = pa.ipc.open_file(source).read_all()
    wrong = [[1.0, 0.0] for _row in range(len(table))]
    place = table.column_names.index("model")
    changed = table.set_column(place, "model", pa.array(wrong, pa.list_(pa.float64())))
    with pa.OSFile("run/new.arrow", "wb") as sink, pa.ipc.new_file(sink, changed.schema) as writer:
        writer.write_table(changed)
    Path("run/new.arrow").replace("run/7_predictions.arrow")
    report = heptune("export", run / "bundle", "--to", "onnx", "--format", "json")
    assert (report.code, report.json["agrees"]) == (0, True)
    assert report.json["parity"]["test"]["largest_difference"] > 0.1


def test_outside_of_the_tolerance_the_exit_code_is_4_and_nothing_is_written(heptune, run):
    before = sorted(Path("run").iterdir())
    options = ["--to", "onnx", "--max-difference", "0"]
    outcome = heptune("export", run / "bundle", *options, "--format", "json")
    assert outcome.code == 4
    assert list(outcome.json) == REPORT
    assert (outcome.json["agrees"], outcome.json["folder"]) == (False, None)
    assert outcome.json["parity"]["faults"]
    shown = heptune("export", run / "bundle", *options)
    assert shown.code == 4
    assert "golden texts: " in shown.out
    assert "was not written" in shown.err
    assert sorted(Path("run").iterdir()) == before


def test_a_bundle_that_was_taken_elsewhere_is_exported_without_the_network(heptune, run, monkeypatch):
    """C23: no name is looked up, whatever the settings say."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_named: pytest.fail("a name was looked up"))
    shutil.copytree("run/bundle", "elsewhere/mine")
    outcome = heptune("export", "elsewhere/mine", "--to", "onnx-int8", "--max-accuracy-loss", "100")
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines()[-1] == "elsewhere/mine-onnx-int8"
    assert "compared on the golden texts alone" in outcome.out
    assert heptune("export", "elsewhere/mine-onnx-int8", "--to", "onnx").code == 2
    answers = library.load("elsewhere/mine-onnx-int8").predict_proba(["great", "sad"])
    assert np.isfinite(answers).all()


def test_a_tolerance_of_the_other_kind_is_refused(heptune, run):
    for to, option in (("onnx", "--max-accuracy-loss"), ("onnx-int8", "--max-difference")):
        outcome = heptune("export", run / "bundle", "--to", to, option, "1", "--format", "json")
        assert (outcome.code, outcome.error["code"], outcome.error["where"]) == (2, "setting_without_effect", option)


def test_a_tfidf_bundle_is_neither_exported_nor_raced(heptune, data):
    heptune("run", data, "--method", "tfidf", "--out", "run")
    outcome = heptune("export", "run/bundle", "--to", "onnx", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "nothing_to_export")
    outcome = heptune("benchmark", "run/bundle", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (2, "nothing_to_compare")


@pytest.fixture
def bundle(heptune, bert, workplace):
    """A tiny encoder's bundle in its run."""
    data = write_csv(workplace / "d.csv", messages(160))
    assert heptune("run", data, "--out", "run", "--model", bert, *TRAINING, "--format", "quiet").code == 0
    return Path("run/bundle")


def test_a_benchmark_times_every_way_or_says_why_not_and_names_the_fastest_that_agrees(heptune, bundle, workplace):
    before = sorted(path.name for path in Path("run").iterdir())
    outcome = heptune("benchmark", bundle, "--rows", "10", "--format", "json")
    assert outcome.code == 0, outcome.err
    report = outcome.json
    assert list(report) == ["texts", "source", "processor", "threads", "ways", "fastest", "command"]
    assert (report["texts"], report["source"]) == (10, "validation and calibration rows of the run")
    ways = {way["name"]: way for way in report["ways"]}
    assert list(ways) == ["torch fp32", "torch bf16", "onnx fp32", "onnx int8"]
    for name, way in ways.items():
        if way["why_not"] is not None:
            assert (name, way["seconds"], way["ratio"]) == ("torch bf16", [], None)
            continue
        assert len(way["seconds"]) == 3
        assert way["texts_per_second"] > 0
        assert way["peak_memory_mib"] is None or way["peak_memory_mib"] > 10
    assert (ways["torch fp32"]["ratio"], ways["torch fp32"]["agreement"]) == (1.0, None)
    assert ways["onnx fp32"]["agrees"]
    agreeing = [way for way in ways.values() if way["agrees"]]
    assert report["fastest"] == max(agreeing, key=lambda way: way["ratio"])["name"]
    assert str(bundle) in report["command"]
    assert sorted(path.name for path in Path("run").iterdir()) == before

    write_csv(workplace / "t.csv", messages(30), ("words", "kind"))
    wrong = heptune("benchmark", bundle, "t.csv", "--format", "json")
    assert (wrong.code, wrong.error["code"], wrong.error["found"]) == (3, "columns_not_found", "words, kind")
    table = heptune("benchmark", bundle, "t.csv", "--text-column", "words", "--format", "human")
    assert table.code == 0
    assert table.out.startswith("30 texts (texts of t.csv) on ")
    assert "the fastest that agrees: " in table.out
    assert heptune("benchmark", bundle, "none.csv").code == 5
    assert heptune("benchmark", bundle, "--text-column", "words").code == 2


def documented(heading):
    """Return the JSON that the guide shows under a heading."""
    page = (Path(__file__).parents[2] / "docs" / "guides" / "exit-codes-and-json.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return json.loads(section.split("```json\n")[1].split("```")[0])


def keys_of(value):
    return {key: keys_of(inner) for key, inner in value.items()} if isinstance(value, dict) else None


def test_both_print_the_documented_keys(heptune, bundle):
    exported = heptune("export", bundle, "--to", "onnx", "--format", "json").json
    wanted = documented("An export")
    assert exported["parity"]["saved_precision"] == "fp32"
    assert keys_of(exported) == keys_of(wanted)
    raced, wanted = heptune("benchmark", bundle, "--rows", "8", "--format", "json").json, documented("A benchmark")
    assert keys_of(raced) == keys_of(wanted)
    assert keys_of(raced["ways"][2]) == keys_of(wanted["ways"][0])
