"""The sample in the package: as large, balanced, distinct and clean as its description says."""

import re
from collections import Counter
from importlib import resources
from itertools import chain

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from heptune.data.readers.open_table import open_table

FOLDER = resources.files("heptune").joinpath("resources", "sample_data")
LABELS = ("negative", "neutral", "positive")
PERSONAL = {
    "e-mail address": re.compile(r"\S@\S+\.\w"),
    "web address": re.compile(r"https?:|www\.|\b[\w-]+\.(com|org|net|io|cn|de|co)\b", re.IGNORECASE),
    "telephone number": re.compile(r"(\+?\d[\s().-]*){7,}"),
}


def rows_of(*parts):
    with resources.as_file(FOLDER.joinpath(*parts)) as path:
        chunks = list(open_table(path).chunks(("text", "label")))
    columns = ([value for chunk in chunks for value in chunk.columns[name].to_pylist()] for name in ("text", "label"))
    return list(zip(*columns, strict=True))


@pytest.fixture(scope="module")
def sample():
    """Texts with labels: English to train and to test on, and Chinese."""
    return {
        "train": rows_of("english", "train.csv"),
        "test": rows_of("english", "test.csv"),
        "chinese": rows_of("chinese", "messages.csv"),
    }


def folded(text):
    return "".join(text.casefold().split())


def most_alike(texts, size):
    """Return the two texts with the largest Jaccard similarity of their character n-grams, and that similarity."""
    grams = [{text[start : start + size] for start in range(len(text) - size + 1)} for text in map(folded, texts)]
    numbers = {gram: number for number, gram in enumerate(sorted(set(chain(*grams))))}
    indices = [numbers[gram] for own in grams for gram in own]
    starts = np.cumsum([0, *map(len, grams)])
    matrix = csr_matrix((np.ones(len(indices), dtype=np.int32), indices, starts), shape=(len(texts), len(numbers)))
    common = (matrix @ matrix.T).toarray()
    counts = common.diagonal()
    similarity = common / np.maximum(1, counts[:, None] + counts[None, :] - common)
    np.fill_diagonal(similarity, 0)
    first, second = np.unravel_index(similarity.argmax(), similarity.shape)
    return similarity[first, second], texts[first], texts[second]


def test_it_is_as_large_as_it_says_and_balanced(sample):
    counts = {name: Counter(label for _text, label in rows) for name, rows in sample.items()}
    assert counts == {
        "train": dict.fromkeys(LABELS, 300),
        "test": dict.fromkeys(LABELS, 100),
        "chinese": dict.fromkeys(LABELS, 100),
    }


def test_no_text_stands_twice_nor_in_train_and_test(sample):
    texts = Counter(folded(text) for rows in sample.values() for text, _label in rows)
    assert [text for text, count in texts.items() if count > 1] == []


def test_no_text_is_nearly_another_one(sample):
    english = [text for text, _label in sample["train"] + sample["test"]]
    assert most_alike(english, 5)[0] < 0.5
    assert most_alike([text for text, _label in sample["chinese"]], 2)[0] < 0.5


def test_near_duplicates_would_have_been_found(sample):
    english = [text for text, _label in sample["train"]]
    similarity, *pair = most_alike([*english, english[7].upper() + " !"], 5)
    assert similarity > 0.9
    assert pair[0] == english[7]


@pytest.mark.parametrize("kind", PERSONAL)
def test_nothing_in_it_leads_to_a_person(sample, kind):
    found = [text for rows in sample.values() for text, _label in rows if PERSONAL[kind].search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.doe@mail.example", "e-mail address"),
        ("see http://shop", "web address"),
        ("see Shop.com today", "web address"),
        ("call +44 (0)20 7946-0018 now", "telephone number"),
        ("打13800138000找我", "telephone number"),
    ],
)
def test_what_leads_to_a_person_would_have_been_found(text, kind):
    assert PERSONAL[kind].search(text)


def test_texts_are_of_varied_length_and_begin_and_end_without_white_space(sample):
    for rows in sample.values():
        texts = [text for text, _label in rows]
        lengths = np.array([len(text) for text in texts])
        assert texts == [text.strip() for text in texts]
        assert np.quantile(lengths, 0.9) > 1.8 * np.quantile(lengths, 0.1)


def test_it_is_documented_as_synthetic():
    assert "synthetic" in FOLDER.joinpath("README.md").read_text(encoding="utf-8")
