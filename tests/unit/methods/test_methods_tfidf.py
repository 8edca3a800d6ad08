"""TF-IDF with logistic regression, and the baselines."""

import json
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest
from methods_at_work import QUIET, easy_rows, learn, make_rows

from heptune.errors import InvalidInputError
from heptune.methods import tfidf
from heptune.methods.baselines import baselines_of, fit_baselines, open_baseline
from heptune.methods.tfidf import fit_tfidf
from heptune.runtimes.runtime import softmax
from heptune.runtimes.tfidf_runtime import VOCABULARY_FILE, WEIGHTS_FILE, TfidfRuntime

ROWS = easy_rows(60)
TEXTS, CLASSES = ROWS["text"].to_pylist(), ROWS["label"].to_numpy()


def score(model, texts):
    return TfidfRuntime(model).score(texts).probabilities


@pytest.mark.parametrize("class_count", [2, 3])
def test_probabilities_are_those_of_scikit_learn(class_count):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    rows = easy_rows(60, classes=class_count)
    texts, classes = rows["text"].to_pylist() * 2, np.tile(rows["label"].to_numpy(), 2)  # no term stands in one text
    oracle = make_pipeline(make_union(words, characters), LogisticRegression(C=4.0, max_iter=300)).fit(texts, classes)
    model = fit_tfidf(texts, classes, class_count=class_count)
    unseen = [*easy_rows(20, seed=7)["text"].to_pylist(), "zebra", "好"]
    assert score(model, unseen) == pytest.approx(oracle.predict_proba(unseen), abs=1e-6)


def test_where_each_word_has_a_number_and_stands_in_one_text_characters_are_left():
    texts = [f"word{number} thing{number}" for number in range(40)]
    model = fit_tfidf(texts, np.arange(40, dtype=np.int32) % 2, class_count=2)
    assert "words" not in model.vectorizers
    assert TfidfRuntime(model).score(texts).probabilities.shape == (40, 2)


def test_numbers_and_pairs_of_words_of_a_single_text_are_not_kept(tmp_path):
    texts = [*TEXTS, "my card 4929113 is lost, Magdalena", "order 77 is late", "order 77 is lost"]
    classes = np.array([*CLASSES, 0, 1, 1], dtype=np.int32)
    fit_tfidf(texts, classes, class_count=3).save(tmp_path)
    words = set(json.loads((tmp_path / VOCABULARY_FILE).read_text(encoding="utf-8"))["words"])
    assert {"magdalena", "order 77", "77", "order"} <= words
    assert not {"4929113", "my card", "card 4929113", "lost magdalena", "is late"} & words
    got = TfidfRuntime.open(tmp_path).score(texts).probabilities
    assert got == pytest.approx(score(fit_tfidf(texts, classes, class_count=3), texts))


def test_a_class_without_rows_gets_no_probability():
    model = fit_tfidf(["a good", "a bad", "good", "bad"], np.array([0, 3, 0, 3]), class_count=5)
    probabilities = score(model, ["good", "bad", "zebra"])
    assert np.all(probabilities[:, [1, 2, 4]] == 0)
    assert probabilities.argmax(axis=1).tolist()[:2] == [0, 3]


def test_one_class_alone_is_certain():
    assert score(fit_tfidf(["a", "b"], np.array([1, 1]), class_count=3), ["a", "z"]).tolist() == [[0, 1, 0]] * 2


@pytest.mark.parametrize("first", ["一", "\U0001f300"])
def test_texts_that_share_no_term_still_give_the_shares_of_the_classes(tmp_path, first):
    """120 different characters, each alone: words without a common part, and emoji, which are not even words."""
    texts = [chr(ord(first) + number) for number in range(120)]
    model = fit_tfidf(texts, np.array([0, 0, 0, 2] * 30), class_count=3)
    model.save(tmp_path)
    got = TfidfRuntime.open(tmp_path).score(["zebra", *texts]).probabilities
    assert got == pytest.approx(score(model, ["zebra", *texts]))
    assert got[0] == pytest.approx([0.75, 0, 0.25], abs=0.1)


def test_emoji_alone_can_be_told_apart():
    model = fit_tfidf(["😀", "👎", "😀 !", "👎 ?"] * 5, np.array([0, 1] * 10), class_count=2)
    assert score(model, ["😀", "👎"]).argmax(axis=1).tolist() == [0, 1]


def test_no_text_is_scored_to_nothing():
    assert score(fit_tfidf(TEXTS, CLASSES, class_count=3), []).shape == (0, 3)


def test_a_fit_that_needs_more_iterations_does_not_warn(monkeypatch):
    monkeypatch.setattr(tfidf, "MOST_ITERATIONS", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_tfidf(TEXTS, CLASSES, class_count=3)


def test_that_only_a_sample_of_very_large_data_is_learnt_from_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(tfidf, "MOST_ROWS", 20)
    said = []
    learn(tmp_path / "encoded", {"train": ROWS}, name="tfidf", watch=replace(QUIET, notice=said.append))
    watch = replace(QUIET, notice=said.append)
    fit_baselines(["tfidf"], {"train": ROWS}, tmp_path, class_count=3, encoder=None, watch=watch)
    assert said == ["tfidf learns from 20 of the training rows"] * 2


def test_a_sample_of_very_large_data_is_drawn_by_the_seed(tmp_path, monkeypatch):
    monkeypatch.setattr(tfidf, "MOST_ROWS", 20)
    fits = [
        learn(tmp_path / str(number), {"train": ROWS}, name="tfidf", model_seed=seed)
        for number, seed in enumerate((1, 1, 2))
    ]
    assert fits[0].report.settings["rows"] == 20
    same, again, other = (fit.method.predict_proba(TEXTS) for fit in fits)
    assert np.array_equal(same, again)
    assert not np.allclose(same, other)


@pytest.mark.parametrize("damage", ["missing", "list", "a view less", "other terms", "weights"])
def test_files_that_do_not_fit_together_are_an_error(tmp_path, damage):
    fit_tfidf(TEXTS, CLASSES, class_count=3).save(tmp_path)
    vocabulary = tmp_path / VOCABULARY_FILE
    if damage == "missing":
        vocabulary.unlink()
    elif damage == "list":
        vocabulary.write_text("[1]")
    elif damage == "a view less":
        vocabulary.write_text(json.dumps({"words": json.loads(vocabulary.read_text())["words"]}))
    elif damage == "other terms":
        terms = json.loads(vocabulary.read_text())
        vocabulary.write_text(json.dumps(terms | {"words": terms["words"][:-1]}))
    else:
        (tmp_path / WEIGHTS_FILE).write_bytes(b"xx")
    with pytest.raises(InvalidInputError) as caught:
        TfidfRuntime.open(tmp_path)
    assert caught.value.code == "bad_bundle"


def test_lengths_are_counted_in_words(tmp_path):
    splits = {"train": make_rows(["a b c", "d"], [0, 1]), "test": make_rows(["one two three four five"], [1])}
    told = learn(tmp_path, splits, name="tfidf").tokens
    assert (told.unit, told.length_limit, told.longest, told.mean_length) == ("words", None, 5, 3.0)
    assert told.truncated_share == 0
    assert told.preview[0].tokens == ("a", "b", "c")


def test_baselines_are_the_shares_of_the_classes_and_tfidf(tmp_path):
    train = make_rows(["good", "bad", "so", "good so"], [2, 0, 2, 2])
    polled = []
    watch = replace(QUIET, check=lambda: polled.append(1), notice=polled.append)
    names = baselines_of("tfidf")
    assert names == baselines_of("linear-probe") == ("majority", "tfidf")
    assert fit_baselines(names, {"train": train}, tmp_path, class_count=3, encoder=None, watch=watch) == names
    assert polled == [1]
    majority, tfidf = (open_baseline(name, tmp_path) for name in names)
    shutil.rmtree(tmp_path)  # the files are read once, however many rows come
    for _window in range(2):
        assert majority(["x", "y"]).tolist() == [[0.25, 0, 0.75]] * 2
        assert tfidf(["bad"]).argmax() == 0


def test_softmax_is_safe_for_large_logits():
    assert softmax(np.array([[1e4, 0.0], [0.0, 0.0], [-np.inf, 0.0]])).tolist() == [[1, 0], [0.5, 0.5], [0, 1]]
    assert np.isnan(softmax(np.array([[np.nan, np.nan]]))).all()
