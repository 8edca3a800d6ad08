"""From what the goal asks of answers to thresholds, and what the test rows say of them."""

from dataclasses import replace

import numpy as np
import pytest

from heptune.steps.step7_training.decisions import acceptance_report, cost_matrix, decisions_of, label_set_report
from heptune.steps.step7_training.scoring import MODEL, SplitScores


def scored(rows, *, seed):
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=2.5, size=(rows, 3))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (true.cumsum(axis=1) > generator.random((rows, 1))).argmax(axis=1).astype(np.int32)
    return SplitScores(labels, {MODEL: true}, np.zeros(len(labels), dtype=bool), np.ones(len(labels), dtype=bool))


def test_a_threshold_is_found_on_rows_kept_aside_and_measured_on_test_rows():
    kept, test = scored(800, seed=1), scored(1_000, seed=2)
    report = acceptance_report(0.9, kept, test)
    confidence = test.probabilities[MODEL].max(axis=1)
    accepted = confidence >= report.threshold
    right = test.probabilities[MODEL].argmax(axis=1) == test.classes
    assert report.reason is None
    assert report.test_share.value == pytest.approx(accepted.mean())
    assert report.test_accuracy.value == pytest.approx(right[accepted].mean())
    assert report.test_accuracy.method == "wilson"
    assert (report.rows, report.accepted) == (800, np.sum(kept.probabilities[MODEL].max(axis=1) >= report.threshold))
    assert report.accuracy_at_least >= 0.88


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        (None, "it takes at least 72 rows to find a threshold on, and there are 0"),
        (scored(50, seed=1), "it takes at least 72 rows to find a threshold on, and there are 50"),
        (
            SplitScores(
                np.arange(300, dtype=np.int32) % 3,
                {MODEL: np.tile([0.9, 0.05, 0.05], (300, 1))},
                np.zeros(300, dtype=bool),
                np.ones(300, dtype=bool),
            ),
            "even the surest answers to 300 rows are not right that often for sure",
        ),
    ],
)
def test_where_nothing_can_be_promised_it_is_said_why(kept, reason):
    report = acceptance_report(0.95, kept, scored(100, seed=2))
    assert (report.threshold, report.test_share, report.reason) == (None, None, reason)
    assert decisions_of(report, None, None).acceptance.threshold is None


def test_sets_of_labels_hold_the_right_one_as_often_as_was_asked_for():
    report = label_set_report(0.9, scored(800, seed=1), scored(1_000, seed=2))
    assert report.test_coverage.low <= 0.91
    assert report.test_coverage.high >= 0.89
    assert 1 <= report.mean_size <= 3
    few = label_set_report(0.95, scored(9, seed=1), scored(100, seed=2))
    assert (few.threshold, few.reason) == (None, "9 rows to find a threshold on are too few")


def test_nothing_is_found_where_nothing_was_asked_for():
    assert acceptance_report(None, scored(800, seed=1), scored(10, seed=2)) is None
    assert label_set_report(None, scored(800, seed=1), scored(10, seed=2)) is None
    assert cost_matrix({}, ["a", "b"]) is None


def test_mistakes_that_are_not_stated_cost_one():
    costs = {"complaint": {"praise": 5}, "praise": {"praise": 0.5}}
    assert cost_matrix(costs, ["complaint", "praise", "question"]) == ((0, 5, 1), (1, 0.5, 1), (1, 1, 0))


def test_rows_judged_out_of_fold_are_measured_by_the_threshold_of_the_others():
    judged = scored(400, seed=3)
    folds = np.arange(400) % 5
    report = acceptance_report(0.9, judged, judged, folds)
    confidence = judged.probabilities[MODEL].max(axis=1)
    accepted = np.zeros(400, dtype=bool)
    for fold in range(5):
        others = acceptance_report(0.9, judged.of(folds != fold), judged)
        accepted[folds == fold] = confidence[folds == fold] >= others.threshold
    assert report.out_of_fold
    assert report.threshold == acceptance_report(0.9, judged, judged).threshold
    assert report.test_share.value == pytest.approx(accepted.mean())
    right = judged.probabilities[MODEL].argmax(axis=1) == judged.classes
    assert report.test_accuracy.value == pytest.approx(right[accepted].mean())
    sets = label_set_report(0.9, judged, judged, folds)
    assert sets.test_coverage.low <= 0.9 <= sets.test_coverage.high
    assert sets.out_of_fold


def test_a_row_without_an_answer_is_accepted_by_nobody():
    kept, test = scored(800, seed=1), scored(1_000, seed=2)
    none = replace(test, answered=np.arange(1_000) >= 500)
    report = acceptance_report(0.9, kept, none)
    assert report.test_share.value == pytest.approx(
        np.mean((test.probabilities[MODEL].max(axis=1) >= report.threshold) & none.answered)
    )
    unanswered = replace(kept, answered=np.zeros(800, dtype=bool))
    assert acceptance_report(0.9, unanswered, test).threshold is None
