"""Groups of test rows and the surest mistakes."""

import numpy as np
import pyarrow as pa

from heptune.steps.step7_training.failures import row_groups, surest_mistakes
from heptune.steps.step7_training.scoring import MODEL, SplitScores


def rows_of(texts):
    return pa.table({"text": pa.array(texts, pa.large_string()), "position": np.arange(len(texts)) + 2})


def test_rows_are_grouped_by_thirds_of_their_lengths():
    groups = row_groups(rows_of(["x" * (1 + n) for n in range(120)]), np.zeros(120, dtype=bool), {"latin": 1.0}, {})
    assert [group.name for group in groups] == [
        "texts of up to 40 characters",
        "texts of 41 to 80 characters",
        "texts of more than 80 characters",
    ]
    assert [group.rows.sum() for group in groups] == [40, 40, 40]
    assert np.sum([group.rows for group in groups], axis=0).tolist() == [1] * 120


def test_rows_are_grouped_by_cut_and_by_script_where_there_is_a_difference():
    texts = ["很好吃"] * 60 + ["very good"] * 60
    groups = row_groups(rows_of(texts), np.arange(120) % 3 == 0, {"latin": 0.9, "han": 0.1}, {})
    by_name = {str(group.name): group.rows for group in groups}
    assert by_name["texts that are cut"].sum() == 40
    assert by_name["texts that are read whole"].sum() == 80
    assert np.array_equal(by_name["texts in han letters"], np.arange(120) < 60)
    assert np.array_equal(by_name["texts in latin letters"], np.arange(120) >= 60)


def test_rows_are_grouped_by_language_and_those_without_a_plain_one_stand_in_no_group():
    german = "Das Paket kam zu spät und die Verpackung war beschädigt, aber der Händler half sofort."
    texts = [german] * 40 + ["I have asked three times for my refund, and nobody answers."] * 50 + ["ok"] * 30
    languages = {"en": 0.55, "de": 0.41, "fr": 0.04}
    groups = row_groups(rows_of(texts), np.zeros(120, dtype=bool), {"latin": 1.0}, languages)
    by_name = {str(group.name): group.rows for group in groups if group.kind == "language"}
    assert list(by_name) == ["texts in language en", "texts in language de"]
    assert np.array_equal(by_name["texts in language de"], np.arange(120) < 40)
    assert by_name["texts in language en"].sum() == 50


def test_groups_of_few_rows_or_of_all_are_left_out():
    assert row_groups(rows_of(["same length"] * 50), np.zeros(50, dtype=bool), {"latin": 1.0}, {}) == []
    few = row_groups(rows_of(["x" * n for n in range(1, 60)]), np.arange(59) < 29, {"latin": 1.0}, {})
    assert [group.name for group in few] == ["texts that are read whole"]


def test_the_surest_mistakes_come_first_and_right_answers_never():
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.05, 0.95], [0.6, 0.4]])
    scored = SplitScores(
        np.array([0, 0, 0, 1], dtype=np.int32), {MODEL: probabilities}, np.zeros(4, dtype=bool), np.ones(4, dtype=bool)
    )
    mistakes = surest_mistakes(scored, [10, 20, 30, 40], ["a", "b"])
    assert [(one.row, one.position, one.label, one.predicted, one.score) for one in mistakes] == [
        (2, 30, "a", "b", 0.95),
        (1, 20, "a", "b", 0.8),
        (3, 40, "b", "a", 0.6),
    ]


def test_rows_are_grouped_by_the_frequent_values_of_columns():
    channels = pa.chunked_array(
        [pa.array((["mail"] * 50 + ["Chat"] * 40 + ["fax"] * 5 + [None] * 25), pa.large_string())]
    )
    groups = row_groups(
        rows_of(["x" * (1 + n) for n in range(120)]),
        np.zeros(120, dtype=bool),
        {},
        {},
        pa.table([channels], ["channel"]),
    )
    by_name = {str(group.name): int(group.rows.sum()) for group in groups if group.kind == "column"}
    assert by_name == {"rows with channel mail": 50, "rows with channel Chat": 40}
