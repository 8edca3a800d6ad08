"""H601: labels that are probably wrong."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from rows_to_check import numbered, rows_of

from heptune.checks.h601_label_noise import CHECK, IN_RUN, find_suspects

WORDS = {
    "praise": ("great", "thanks", "lovely", "perfect", "quick"),
    "complaint": ("broken", "late", "refund", "angry", "lost"),
    "question": ("how", "when", "where", "which", "please"),
}


def topical(count, *, seed=0):
    """Rows whose words tell their label, among others that do not."""
    generator = np.random.default_rng(seed)
    other = ["".join(generator.choice(list("abcdefghij"), size=6)) for _ in range(300)]
    rows = []
    for number in range(count):
        label = list(WORDS)[number % 3]
        words = [*generator.choice(WORDS[label], size=2), *generator.choice(other, size=6)]
        rows.append((" ".join(generator.permutation(words)), label))
    return rows


def with_wrong_labels(rows, share, *, seed=1):
    """Give some rows another label; return the rows and which they are."""
    generator = np.random.default_rng(seed)
    wrong = generator.choice(len(rows), size=round(share * len(rows)), replace=False)
    classes = rows.classes.copy()
    classes[wrong] = (classes[wrong] + generator.integers(1, len(rows.labels), size=len(wrong))) % len(rows.labels)
    return replace(rows, classes=classes), wrong


def test_planted_wrong_labels_are_suspect_with_their_right_ones_suggested():
    clean = rows_of(topical(600))
    rows, wrong = with_wrong_labels(clean, 0.05)
    suspects = find_suspects(rows)
    assert np.mean(np.isin(wrong, suspects.rows)) >= 0.7
    assert np.mean(np.isin(suspects.rows[: len(wrong)], wrong)) >= 0.9
    planted = np.isin(suspects.rows, wrong)
    assert np.mean(suspects.suggestions[planted] == clean.classes[suspects.rows[planted]]) >= 0.95
    assert abs(suspects.share - find_suspects(clean).share - 0.05) < 0.02


def test_the_finding_names_label_and_suggestion():
    rows, wrong = with_wrong_labels(rows_of(topical(600)), 0.05)
    finding = CHECK.finding(rows)
    assert finding.severity == "note"
    assert finding.count >= len(wrong) * 0.7
    example = finding.examples[0]
    row = example.rows[0].position - 2
    assert example.detail.startswith(f"labelled {rows.labels[rows.classes[row]]}, rather ")


def test_a_copy_of_a_text_does_not_vouch_for_its_label():
    """Twins with the same wrong label would confirm each other, if one learnt from the other."""
    rows = topical(300)
    text = "lovely great thanks perfect quick indeed indeed"
    suspects = find_suspects(
        rows_of([*rows, (text, "complaint"), (text.upper(), "complaint"), (text + "!", "complaint")])
    )
    assert {300, 301, 302} <= set(suspects.rows)


def test_rows_of_tiny_classes_are_not_judged():
    suspects = find_suspects(rows_of([*topical(150), *numbered("rare", 4, "great thanks")]))
    assert suspects.looked_at == 150
    assert suspects.rows.max(initial=0) < 150


@pytest.mark.parametrize(
    "rows",
    [
        numbered("a", 30),
        numbered("a", 30) + numbered("b", 4),
        [("a", "x"), ("b", "y")],
        [("same", "x"), ("same", "y")] * 20,
    ],
)
def test_it_takes_two_classes_with_rows_enough(rows):
    assert CHECK.finding(rows_of(rows)).outcome == "not_applicable"


def test_a_model_that_names_too_few_labels_doubts_none():
    rows, _wrong = with_wrong_labels(rows_of(topical(300)), 0.3)
    finding = CHECK.finding(rows)
    assert finding.outcome == "not_applicable"
    assert finding.summary.startswith("TF-IDF names ")
    assert finding.summary.values["accuracy"] < 0.85


def test_a_run_looks_at_few_rows_and_says_where_it_leaves_it_out():
    assert IN_RUN.finding(rows_of(topical(90))).outcome in ("found", "passed")
    skipped = IN_RUN.finding(rows_of(topical(2_001)))
    assert (skipped.outcome, skipped.summary) == ("skipped", "heptune check DATA makes this one; it takes minutes")
    many_labels = rows_of([row for number in range(40) for row in numbered(f"label {number}", 20)])
    assert IN_RUN.finding(many_labels).outcome == "skipped"


def banking(shared_data, labels):
    with (shared_data / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    kept = sorted({label for _text, label in rows})[:labels]
    return rows_of([row for row in rows if row[1] in kept])


def assert_that_wrong_labels_are_found(clean):
    rows, wrong = with_wrong_labels(clean, 0.05)
    suspects = find_suspects(rows)
    assert 0.02 <= suspects.share - find_suspects(clean).share <= 0.08
    assert np.mean(np.isin(suspects.rows[: round(0.05 * len(rows))], wrong)) >= 0.6


@pytest.mark.shared
def test_wrong_labels_planted_in_ten_bank_intents_are_found(shared_data):
    assert_that_wrong_labels_are_found(banking(shared_data, 10))


@pytest.mark.shared
@pytest.mark.slow
def test_wrong_labels_planted_in_all_bank_intents_are_found(shared_data):
    assert_that_wrong_labels_are_found(banking(shared_data, 77))
