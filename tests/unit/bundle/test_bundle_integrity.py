"""A bundle that is not as it was written is refused, and it holds nothing that it should not."""

import json
import re
import shutil
from pathlib import Path

import pytest
from methods_at_work import LABELS, easy_rows, learn, make_rows, write_bundle
from tiny_models import edit_json

from heptune.bundle.layout import BUNDLE_FILE, MODEL_CARD, influences_prediction
from heptune.bundle.load import check_bundle, read_bundle
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import golden_texts
from heptune.errors import InvalidInputError, MissingError
from heptune.storage.artifacts import MANIFEST, read_manifest


def refused(folder, kind=InvalidInputError):
    with pytest.raises(kind) as caught:
        Predictor.open(folder)
    return caught.value


def files_of(folder):
    return list(read_manifest(folder).files)


def test_an_unchanged_copy_opens(copied):
    assert Predictor.open(copied).predict(["good"])[0].label in LABELS


def test_one_changed_byte_of_any_file_is_noticed_and_the_file_named(copied):
    for name in files_of(copied):
        path = copied / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        error = refused(copied)
        assert name in str(error), name
        path.write_bytes(whole)
    Predictor.open(copied)


def test_a_missing_or_cut_file_is_noticed_and_named(copied):
    for name in files_of(copied):
        path = copied / name
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert name in str(refused(copied))
        path.unlink()
        error = refused(copied, MissingError if name == BUNDLE_FILE else InvalidInputError)
        assert name in str(error)
        path.write_bytes(whole)


def test_all_files_that_differ_are_named_at_once(copied):
    names = [name for name in files_of(copied) if name != BUNDLE_FILE]
    for name in names:
        (copied / name).write_bytes(b"{}")
    assert [fault.where for fault in refused(copied).faults] == names


def test_permuted_labels_are_noticed(bundle, tmp_path):
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "bert")
    edit_json(folder / "config.json", id2label={"0": "positive", "1": "neutral", "2": "negative"})
    assert [fault.where for fault in refused(folder).faults] == ["config.json"]
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "again")
    labels = json.loads((folder / BUNDLE_FILE).read_text())["labels"]
    edit_json(folder / BUNDLE_FILE, labels=labels[::-1])
    assert [fault.where for fault in refused(folder).faults] == [BUNDLE_FILE]


def test_another_limit_is_noticed(bundle, tmp_path):
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "bert")
    edit_json(folder / "tokenizer_config.json", model_max_length=8)
    assert [fault.where for fault in refused(folder).faults] == ["tokenizer_config.json"]


def test_a_newer_bundle_is_refused_with_the_way_out(copied):
    edit_json(copied / BUNDLE_FILE, schema_version=99, something_new={"a": 1})
    error = refused(copied)
    assert error.code == "newer_version"
    assert error.found == "99"
    assert "pip install --upgrade heptune" in error.remedy


@pytest.mark.parametrize(
    "content", ["", "[]", "5", "{}", '{"schema_version": "x"}', '{"schema_version": 1}', '{"schema_version": null}']
)
def test_a_description_that_cannot_be_read_is_an_error(copied, content):
    (copied / BUNDLE_FILE).write_text(content)
    error = refused(copied)
    assert error.code == "bad_bundle"
    assert error.where.endswith(BUNDLE_FILE)


@pytest.mark.parametrize("damage", ["missing", "[]", "{}", "{"])
def test_a_bundle_without_its_manifest_is_incomplete(copied, damage):
    (copied / MANIFEST).unlink() if damage == "missing" else (copied / MANIFEST).write_text(damage)
    error = refused(copied)
    assert error.code == "incomplete_folder"
    assert MANIFEST in error.where


def test_no_bundle_here(tmp_path):
    error = refused(tmp_path, MissingError)
    assert error.code == "no_bundle"
    assert refused(tmp_path / "nowhere", MissingError).code == "no_bundle"


def test_files_beside_it_and_another_model_card_are_no_change(copied):
    (copied / ".gitattributes").write_text("*.safetensors filter=lfs\n")
    (copied / "notes.txt").write_text("mine")
    (copied / MODEL_CARD).write_text("# My own words")
    check_bundle(copied)
    assert Predictor.open(copied).predict(["good"])[0].error is None
    assert influences_prediction("config.json")
    assert not influences_prediction(MODEL_CARD)


def test_an_adapter_laid_beside_it_is_not_followed(bundle, tmp_path):
    folder = shutil.copytree(bundle("bert").folder, tmp_path / "bert")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "somebody/else", "peft_type": "LORA"}')
    assert refused(folder).code == "adapter_model"


def test_a_bundle_with_unsafe_keys_is_refused_though_its_manifest_fits(bundle, tmp_path):
    from heptune.storage.artifacts import atomic_folder

    with atomic_folder(tmp_path / "evil") as folder:
        shutil.copytree(bundle("bert").folder, folder, dirs_exist_ok=True)
        (folder / MANIFEST).unlink()
        edit_json(folder / "config.json", _attn_implementation_internal="somebody/kernel")
    check_bundle(tmp_path / "evil")
    assert refused(tmp_path / "evil").code == "forbidden_config_key"


def test_the_description_says_labels_limit_and_golden_answers(bundle):
    made = bundle("gpt2")
    info = read_bundle(made.folder)
    assert [label.name for label in info.labels] == list(LABELS)
    assert (info.runtime, info.max_length, info.schema_version) == ("torch", 64, 1)
    assert [golden.text for golden in info.golden] == golden_texts()
    answers = made.predictor.predict_proba(golden_texts())
    assert [list(golden.probabilities) for golden in info.golden] == pytest.approx(answers, abs=1e-6)


@pytest.mark.parametrize("kind", ["tfidf", "bert", "gpt2"])
def test_it_holds_no_pickle_no_customers_text_and_no_path(kind, tiny_model, tmp_path):
    secret = "zanzibar quokka"
    rows = make_rows([*easy_rows(20)["text"].to_pylist(), f"good {secret}", f"bad {secret}"], [0, 1] * 11)
    model = None if kind == "tfidf" else tiny_model(kind)
    learnt = learn(tmp_path / "encoded", {"train": rows}, name="full" if model else "tfidf", model=model, epochs=1)
    write_bundle(learnt, tmp_path / "bundle")
    for path in (tmp_path / "bundle").rglob("*"):
        content = path.read_bytes()
        assert path.suffix in (".json", ".safetensors"), path.name
        assert not content.startswith((b"\x80", b"PK", b"(")), path.name
        assert str(tmp_path).encode() not in content, path.name
        assert not re.search(rb"/(tmp|home|root|usr|work)/", content), path.name
        assert secret.encode() not in content or kind == "tfidf", path.name
        assert not any(text.encode() in content for text in rows["text"].to_pylist() if len(text) > 25), path.name


def test_every_file_can_be_read_by_whoever_may_read_the_folder(bundle):
    modes = {path.stat().st_mode & 0o777 for path in Path(bundle("bert").folder).iterdir()}
    assert len(modes) == 1
