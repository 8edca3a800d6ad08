"""H308: a word that gives a label away."""

import csv

import pytest
from rows_to_check import numbered, rows_of

from heptune.checks import h308_giveaway_token
from heptune.checks.h308_giveaway_token import CHECK


def marked(rows, label, word, *, every=1):
    return [(f"{word} {text}" if own == label and n % every == 0 else text, own) for n, (text, own) in enumerate(rows)]


def test_a_word_of_all_rows_of_a_label_and_no_other_is_found():
    rows = marked(numbered("a", 60) + numbered("b", 60), "b", "[TICKET]")
    finding = CHECK.finding(rows_of(rows))
    assert finding.count == 1
    assert finding.examples[0].text == "ticket"
    assert finding.examples[0].detail == "in 60 of the 60 rows of b, and in 0 others"


@pytest.mark.parametrize(
    "rows",
    [
        marked(numbered("a", 60) + numbered("b", 60), "b", "ticket", every=2),  # half of the rows have it
        [(f"ticket {text}", label) for text, label in numbered("a", 60) + numbered("b", 60)],  # all have it
        marked(numbered("a", 300) + numbered("b", 9), "b", "ticket"),  # too few to say
        marked(numbered("a", 300) + numbered("b", 60), "a", "ticket"),  # most rows are of this label anyway
    ],
    ids=["half", "all", "few", "most"],
)
def test_other_words_are_left_alone(rows):
    assert CHECK.finding(rows_of(rows)).outcome == "passed"


def test_a_chinese_character_counts_as_a_word():
    rows = [(f"{'投' if n % 2 else ''}第{n}号的菜", "投诉" if n % 2 else "表扬") for n in range(80)]
    assert [example.text for example in CHECK.finding(rows_of(rows)).examples] == ["投"]


def test_of_very_many_rows_a_sample_is_looked_at(monkeypatch):
    monkeypatch.setattr(h308_giveaway_token, "MOST_ROWS", 100)
    rows = marked(numbered("a", 100) + numbered("b", 100), "b", "ticket")
    finding = CHECK.finding(rows_of(rows))
    assert finding.count == 1
    assert "in 100 " not in finding.examples[0].detail


@pytest.mark.shared
def test_a_word_planted_in_real_rows_is_found_and_nothing_else_new(shared_data):
    with (shared_data / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    before = {example.text for example in CHECK.finding(rows_of(rows)).examples}
    planted = CHECK.finding(rows_of(marked(rows, "card_arrival", "ref-zq")))
    assert {example.text for example in planted.examples} - before == {"ref", "zq"}
