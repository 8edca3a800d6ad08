"""A bundle is looked at again: its files, what they say to each other, and its answers."""

import json
import shutil

import pytest
from tiny_models import edit_json

from heptune.bundle.layout import BUNDLE_FILE
from heptune.bundle.predictor import Predictor
from heptune.bundle.verify import verify_bundle
from heptune.bundle.write import golden_texts
from heptune.errors import InvalidInputError
from heptune.storage.artifacts import MANIFEST, atomic_folder, sha256_of_file


@pytest.fixture
def rewritten(bundle, tmp_path):
    """Give a bundle some of whose files were changed before its manifest was written: it fits them."""

    def give(name, change):
        with atomic_folder(tmp_path / "rewritten") as folder:
            shutil.copytree(bundle(name).folder, folder, dirs_exist_ok=True)
            (folder / MANIFEST).unlink()
            change(folder)
        return tmp_path / "rewritten"

    return give


def refused(folder):
    with pytest.raises(InvalidInputError) as caught:
        verify_bundle(folder)
    return caught.value


def described(folder):
    return json.loads((folder / BUNDLE_FILE).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["tfidf", "bert", "gpt2"])
def test_what_was_written_is_well_and_gives_the_recorded_answers(bundle, name):
    folder = bundle(name).folder
    verified = verify_bundle(folder)
    assert (verified.golden, verified.warnings) == (len(golden_texts()), ())
    assert verified.files == len(json.loads((folder / MANIFEST).read_text())["files"])
    assert verified.sha256 == sha256_of_file(folder / MANIFEST)
    assert verified.largest_difference <= {"fp32": 1e-4, "bf16": 0.05, None: 1e-6}[verified.precision]
    assert (verified.precision is None) == (name == "tfidf")


def test_each_precision_has_its_own_tolerance(bundle):
    folder = bundle("bert").folder
    difference = {
        precision: verify_bundle(folder, Predictor.open(folder, precision=precision)).largest_difference
        for precision in ("fp32", "bf16")
    }
    assert difference["fp32"] < 1e-4
    assert 1e-6 < difference["bf16"] < 0.05


def test_files_of_others_are_warned_of_and_change_nothing(bundle, tmp_path):
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "bert")
    (folder / ".gitattributes").write_text("*.safetensors filter=lfs\n")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "model.metadata").write_text("x")
    (folder / "README.md").write_text("# mine")
    told = [str(warning) for warning in verify_bundle(folder).warnings]
    assert [line.split()[0] for line in told] == [".cache/model.metadata", ".gitattributes", "README.md"]


def test_changed_weights_are_found_by_the_answers_though_the_manifest_fits(rewritten):
    def change(folder):
        from safetensors.numpy import load_file, save_file

        weights = load_file(folder / "model.safetensors")
        name = next(name for name in weights if name.startswith("classifier") and name.endswith("weight"))
        save_file(weights | {name: weights[name][::-1].copy()}, folder / "model.safetensors", {"format": "pt"})

    error = refused(rewritten("bert", change))
    assert error.code == "golden_differs"
    assert {fault.where for fault in error.faults} <= set(golden_texts())


def test_permuted_labels_are_found_though_the_manifest_fits(rewritten):
    def permute(folder):
        labels = described(folder)["labels"][::-1]
        edit_json(folder / BUNDLE_FILE, labels=labels)
        names = {str(number): label["name"] for number, label in enumerate(labels)}
        edit_json(folder / "config.json", id2label=names)

    error = refused(rewritten("bert", permute))
    assert error.code == "golden_differs"
    assert all("recorded" in fault.message for fault in error.faults)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("config.json", {"id2label": {"0": "positive", "1": "neutral", "2": "negative"}}),
        ("config.json", {"id2label": None}),
        ("tokenizer_config.json", {"model_max_length": 8}),
    ],
)
def test_files_that_contradict_each_other_are_not_opened_though_the_manifest_fits(rewritten, name, changes):
    folder = rewritten("bert", lambda folder: edit_json(folder / name, **changes))
    for opens in (verify_bundle, Predictor.open):
        with pytest.raises(InvalidInputError) as caught:
            opens(folder)
        assert (caught.value.code, caught.value.where) == ("bundle_disagrees", str(folder / name))


def test_a_changed_file_is_named_before_any_answer_is_asked_for(bundle, tmp_path):
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "bert")
    edit_json(folder / "config.json", hidden_act="relu")
    assert [fault.where for fault in refused(folder).faults] == ["config.json"]
