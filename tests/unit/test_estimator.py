"""TextClassifier: any kind of list in, labels of the same kind out."""

import gc
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from methods_at_work import easy_rows

from heptune import HeptuneError, TextClassifier
from heptune.errors import InvalidInputError, MissingError, UsageError
from heptune.storage.artifacts import atomic_folder, read_manifest

ROWS = easy_rows(60, classes=2)
TEXTS, CLASSES = ROWS["text"].to_pylist(), ROWS["label"].to_pylist()
NEW = ["my order today", "my bad phone", "the price", "really awful"]


def named(negative, positive):
    return [positive if label else negative for label in CLASSES]


def fitted(texts=TEXTS, labels=CLASSES, **options):
    return TextClassifier(method="tfidf", **options).fit(texts, labels)


def refused(action, kind=UsageError):
    with pytest.raises(kind) as caught:
        action()
    return caught.value


@pytest.fixture(scope="module")
def words():
    return fitted(labels=named("complaint", "order"))


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (TEXTS, named("complaint", "order")),
        (tuple(TEXTS), iter(named("complaint", "order"))),
        (np.array(TEXTS), np.array(named("complaint", "order"))),
        (np.array(TEXTS, dtype=object), np.array(named("complaint", "order"), dtype=object)),
        (pd.Series(TEXTS), pd.Series(named("complaint", "order"), dtype="category")),
        (pd.Series(TEXTS, index=range(60, 0, -1)), pd.Index(named("complaint", "order"))),
        (pl.Series(TEXTS), pl.Series(named("complaint", "order"))),
        (pa.array(TEXTS), pa.array(named("complaint", "order")).dictionary_encode()),
        (pa.chunked_array([TEXTS[:7], TEXTS[7:]]), pa.chunked_array([named("complaint", "order")])),
    ],
    ids=["list", "iterators", "numpy", "numpy objects", "pandas", "pandas index", "polars", "arrow", "arrow chunks"],
)
def test_every_kind_of_list_gives_the_same_classifier(words, texts, labels):
    classifier = fitted(texts, labels)
    assert classifier.classes_.tolist() == ["complaint", "order"]
    assert np.array_equal(classifier.predict_proba(NEW), words.predict_proba(NEW))
    assert classifier.predict(pd.Series(NEW)).tolist() == ["order", "complaint"] * 2


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (named(0, 1), np.array([0, 1])),
        (named(7, 3), np.array([3, 7])),
        (named(-1, 10), np.array([-1, 10])),
        (named(False, True), np.array([False, True])),
        (named(0.5, 1.5), np.array([0.5, 1.5])),
        (named("否", "是"), np.array(["否", "是"])),
        (named("NA", "null"), np.array(["NA", "null"])),
        (named("00123", "None"), np.array(["00123", "None"])),
        (np.array(named(0, 1), dtype=np.int32), np.array([0, 1], dtype=np.int32)),
        (named(np.int64(2), np.int64(10)), np.array([2, 10])),
        (np.array(named(False, True)), np.array([False, True])),
        (pd.Series(named(1, 2)), np.array([1, 2])),
        (pl.Series(named(True, False)), np.array([False, True])),
        (pa.array(named(0, 1), pa.int8()), np.array([0, 1])),
    ],
    ids=str,
)
def test_labels_come_back_in_the_type_in_which_they_came(labels, classes):
    classifier = fitted(labels=labels)
    assert classifier.classes_.tolist() == classes.tolist()
    assert classifier.classes_.dtype == classes.dtype
    assert [type(label) for label in classifier.classes_.tolist()] == [type(label) for label in classes.tolist()]
    answers = classifier.predict(TEXTS)
    assert answers.dtype == classes.dtype
    assert set(answers.tolist()) == set(classes.tolist())
    assert classifier.score(TEXTS, labels) > 0.9


def test_gaps_between_numbers_stay():
    """C07; classes are listed by number, not as text."""
    rows = easy_rows(60)
    labels = [{0: 10, 1: 9, 2: 2}[label] for label in rows["label"].to_pylist()]
    classifier = TextClassifier(method="tfidf").fit(rows["text"].to_pylist(), labels)
    assert classifier.classes_.tolist() == [2, 9, 10]
    assert classifier.score(rows["text"].to_pylist(), labels) > 0.9


def test_labels_of_two_types_both_come_back():
    classifier = fitted(labels=named(0, "positive"))
    assert classifier.classes_.tolist() == [0, "positive"]
    assert classifier.predict(NEW).tolist() == ["positive", 0, "positive", 0]


def test_the_label_is_the_class_of_the_highest_probability(words):
    probabilities = words.predict_proba(TEXTS)
    assert probabilities.shape == (60, 2)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(60))
    assert words.predict(TEXTS).tolist() == words.classes_[probabilities.argmax(axis=1)].tolist()


def test_declared_labels_keep_their_order():
    classifier = fitted(labels=named("negative", "positive"), goal={"labels": ["positive", "negative"]})
    assert classifier.classes_.tolist() == ["positive", "negative"]
    assert classifier.predict(NEW).tolist() == ["positive", "negative"] * 2


def test_settings_by_step_are_those_of_a_recipe():
    classifier = fitted(dataset={"test_share": 0.5}, goal={"require": "accuracy >= 0.5"})
    assert classifier.run_.result.test.n == 30
    assert classifier.run_.goal.requirement.metric == "accuracy"
    error = refused(lambda: fitted(dataset={"test_shar": 0.5}))
    assert error.faults[0].where == "dataset.test_shar"


def test_the_seed_moves_the_split():
    splits = [fitted(seed=seed).run_.results[2].splits["test"].sha256 for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_a_network_learns_saves_and_loads(tiny_model, tmp_path):
    training = {"epochs": 8, "learning_rate": 3e-3, "batch_size": 8, "precision": "fp32"}
    classifier = TextClassifier(tiny_model("gpt2"), training=training).fit(TEXTS, CLASSES)
    assert classifier.score(TEXTS, CLASSES) > 0.6
    classifier.save(tmp_path / "bundle")
    loaded = TextClassifier.load(tmp_path / "bundle")
    assert loaded.predict_proba(NEW) == pytest.approx(classifier.predict_proba(NEW), abs=1e-6)
    assert loaded.predict(NEW).tolist() == classifier.predict(NEW).tolist()
    assert str(tiny_model("gpt2").parent) not in "".join(
        path.read_text() for path in (tmp_path / "bundle").glob("*.*") if path.suffix in (".json", ".md")
    )


def test_what_was_saved_is_a_bundle_like_any_other(words, tmp_path):
    words.save(tmp_path / "bundle")
    manifest = read_manifest(tmp_path / "bundle")
    assert {path.name for path in (tmp_path / "bundle").iterdir()} == {*manifest.files, "MANIFEST.json"}
    assert not manifest.files["README.md"].influences_prediction
    (tmp_path / "bundle" / "README.md").write_text("my own words")
    loaded = TextClassifier.load(tmp_path / "bundle")
    assert loaded.classes_.tolist() == ["complaint", "order"]
    assert np.array_equal(loaded.predict_proba(NEW), words.predict_proba(NEW))
    assert loaded.run_ is None


@pytest.mark.parametrize("mark", [None, "heptune.json", "MANIFEST.json", "7_training.json"])
def test_a_folder_that_holds_other_things_is_not_saved_over(words, tmp_path, mark):
    thesis = tmp_path / "precious" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("years of work")
    if mark:
        (thesis.parent / mark).write_text("{}")
    before = sorted(tmp_path.rglob("*"))
    for target in (thesis.parent, thesis):
        error = refused(lambda target=target: words.save(target))
        assert (error.code, error.where) == ("not_a_bundle", str(target))
        assert error.found
    assert sorted(tmp_path.rglob("*")) == before
    assert thesis.read_text() == "years of work"


def test_a_new_or_empty_folder_is_saved_to_and_the_one_we_work_in_too(words, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    words.save(tmp_path / "new" / "one")
    words.save(".")
    monkeypatch.chdir(tmp_path)
    for folder in ("new/one", "empty"):
        assert TextClassifier.load(folder).classes_.tolist() == ["complaint", "order"]


def test_what_a_killed_save_left_is_put_back_before_anything_else(words, tmp_path):
    words.save(tmp_path / "bundle")
    left = (tmp_path / "bundle").rename(tmp_path / ".bundle.tmp-1-00000000")
    words._folder, folder = tmp_path / "nowhere", words._folder
    refused(lambda: words.save(tmp_path / "bundle"), HeptuneError)
    words._folder = folder
    assert not left.exists()
    assert TextClassifier.load(tmp_path / "bundle").classes_.tolist() == ["complaint", "order"]


def test_saving_over_itself_and_again_keeps_it_whole(words, tmp_path):
    words.save(tmp_path / "bundle")
    (tmp_path / "bundle" / ".gitattributes").write_text("x")
    loaded = TextClassifier.load(tmp_path / "bundle")
    loaded.save(tmp_path / "bundle")
    assert not (tmp_path / "bundle" / ".gitattributes").exists()
    assert np.array_equal(TextClassifier.load(tmp_path / "bundle").predict_proba(NEW), words.predict_proba(NEW))


@pytest.mark.parametrize(
    "labels",
    [
        named(0, 1),
        named(-7, 3),
        named(False, True),
        named(0.5, 1.0),
        named("00123", "1"),
        named("True", "False"),
        np.array(named(1, 2), dtype=np.int64),
        np.array(named(False, True)),
        pd.Series(named(0.1, 1e-9)),
    ],
    ids=str,
)
def test_loaded_labels_are_of_the_kind_that_was_learnt_and_stay_so(tmp_path, labels):
    classifier = fitted(labels=labels)
    loaded = classifier
    for name in ("once", "twice"):
        loaded.save(tmp_path / name)
        loaded = TextClassifier.load(tmp_path / name)
        assert loaded.classes_.tolist() == classifier.classes_.tolist()
        assert loaded.classes_.dtype == classifier.classes_.dtype
        assert np.array_equal(loaded.predict(NEW), classifier.predict(NEW))
        assert loaded.score(TEXTS, labels) > 0.9


@pytest.mark.parametrize(
    "labels", [named(0, "positive"), named(np.timedelta64(1, "D"), np.timedelta64(2, "D"))], ids=str
)
def test_labels_of_several_kinds_or_of_another_one_are_text_after_loading(tmp_path, labels):
    fitted(labels=labels).save(tmp_path / "bundle")
    loaded = TextClassifier.load(tmp_path / "bundle")
    assert loaded.classes_.tolist() == sorted({str(label) for label in labels})
    assert loaded.score(TEXTS, labels) > 0.9


def test_a_bundle_that_lies_about_the_kind_of_its_labels_is_damaged(words, tmp_path):
    words.save(tmp_path / "bundle")
    info = json.loads((tmp_path / "bundle" / "heptune.json").read_text())
    assert "label_kind" not in info
    with atomic_folder(tmp_path / "lying") as folder:
        shutil.copytree(tmp_path / "bundle", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("MANIFEST.json"))
        (folder / "heptune.json").write_text(json.dumps(info | {"label_kind": "int"}))
    error = refused(lambda: TextClassifier.load(tmp_path / "lying"), InvalidInputError)
    assert (error.code, error.expected) == ("bad_bundle", "int")


def test_score_takes_numbers_of_another_kind_as_equal():
    classifier = fitted(labels=named(0.0, 1.0))
    assert classifier.score(TEXTS, CLASSES) > 0.9


def test_score_counts_a_label_it_never_saw_as_a_mistake(words):
    assert words.score(NEW, ["order", "complaint", "unknown", "unknown"]) == 0.5


def test_missing_texts_and_labels_are_dropped_and_counted():
    texts = [None, *TEXTS, np.nan, pd.NA, "  "]
    labels = ["order", *named("complaint", "order"), "order", "order", "order"]
    classifier = fitted(pd.Series(texts, dtype=object), labels)
    assert classifier.run_.results[2].dropped == 4
    labels = [None, np.nan, pd.NA, pd.NaT, *named(0, 1)[4:]]
    classifier = fitted(labels=labels)
    assert classifier.classes_.tolist() == [0, 1]
    assert classifier.run_.results[2].dropped == 4


def test_texts_that_look_like_labels_are_not_mistaken():
    texts = [f"{'one' if label else 'two'}" for label in CLASSES]
    classifier = fitted(texts, [f"a much longer label number {label} than any of the texts" for label in CLASSES])
    assert classifier.run_.results[2].text_column == "text"
    assert classifier.predict(["one"])[0].startswith("a much longer label number 1")


@pytest.mark.parametrize(
    "call",
    [
        lambda classifier: classifier.predict(["a"]),
        lambda classifier: classifier.predict_proba(["a"]),
        lambda classifier: classifier.score(["a"], [1]),
        lambda classifier: classifier.save("nowhere"),
    ],
)
def test_nothing_is_answered_before_fit(call):
    assert refused(lambda: call(TextClassifier())).code == "not_fitted"


@pytest.mark.parametrize("labels", [CLASSES[:-1], [*CLASSES, 1], []])
def test_other_numbers_of_labels_than_texts_are_refused(words, labels):
    error = refused(lambda: fitted(labels=labels))
    assert (error.code, error.found) == ("lengths_differ", str(len(labels)))
    assert refused(lambda: words.score(TEXTS, labels)).code == "lengths_differ"


@pytest.mark.parametrize(
    "texts",
    ["one text", pd.DataFrame({"a": TEXTS}), pl.DataFrame({"a": TEXTS}), pa.table({"a": TEXTS}), np.array([TEXTS])],
    ids=["str", "pandas", "polars", "arrow", "numpy"],
)
def test_one_text_or_a_table_is_no_list_of_texts(words, texts):
    assert refused(lambda: fitted(texts)).exit_code == 2
    assert refused(lambda: words.predict(texts)).exit_code == 2


def test_other_things_than_text_are_named_by_their_row(words):
    error = refused(lambda: fitted([*TEXTS[:-1], 5]))
    assert error.code == "no_texts"
    assert "59" in error.where
    assert error.found == "int: 5"


@pytest.mark.parametrize("labels", [["1", 1] * 30, [[0], [1]] * 30, [{"a": 1}] * 60, [True, "True"] * 30])
def test_labels_that_cannot_be_told_apart_or_are_lists_are_refused(labels):
    assert refused(lambda: fitted(labels=labels)).code == "bad_labels"


def test_nothing_to_learn_from_is_refused():
    assert refused(lambda: fitted([], [])).code == "no_texts"
    assert refused(lambda: fitted(labels=[1] * 60), InvalidInputError).code == "one_class"


def test_broken_unicode_is_an_error_of_the_input(words):
    assert refused(lambda: fitted([*TEXTS[:-1], "\ud83d"]), InvalidInputError).code == "broken_text"
    assert refused(lambda: words.predict(["good", "\ud83d"]), InvalidInputError).where == "row 1 (from 0)"


def test_texts_without_an_answer_are_an_error_that_names_the_first(words):
    error = refused(lambda: words.predict(["good", "", None]), InvalidInputError)
    assert error.where == "row 1 (from 0)"
    assert "2 texts" in error.message
    assert words.predict([]).tolist() == []


def test_a_model_for_tfidf_is_refused():
    error = refused(lambda: TextClassifier("some/model", method="tfidf").fit(TEXTS, CLASSES))
    assert error.code == "setting_without_effect"


def test_no_bundle_is_an_error(tmp_path):
    assert refused(lambda: TextClassifier.load(tmp_path), MissingError).code == "no_bundle"


def test_a_fit_that_fails_leaves_the_old_classifier_in_place():
    classifier = fitted()
    before = classifier.predict_proba(NEW)
    refused(lambda: classifier.fit(TEXTS, [1] * 60), HeptuneError)
    assert np.array_equal(classifier.predict_proba(NEW), before)


def test_temporary_folders_go_with_the_classifier_and_a_given_one_stays(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    classifier = fitted(out=tmp_path / "run")
    assert (tmp_path / "run" / "bundle" / "MANIFEST.json").is_file()
    classifier.fit(TEXTS, CLASSES)
    assert list(Path(tmp_path / "temporary").iterdir())
    del classifier
    gc.collect()
    assert list(Path(tmp_path / "temporary").iterdir()) == []
    assert json.loads((tmp_path / "run" / "7_training.json").read_text())["step"] == 7
