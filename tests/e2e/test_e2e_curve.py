"""`heptune curve`: what more labels are worth."""

from pathlib import Path

import pytest
from made_up_data import messages, write_csv

import heptune as library


@pytest.fixture
def noisy(workplace):
    write_csv(Path("d/train.csv"), messages(600, wrong=0.1))
    write_csv(Path("d/test.csv"), messages(50, seed=3))
    return "d"


def test_points_gains_and_the_label_to_begin_with_are_told(noisy, heptune):
    told = heptune("curve", noisy, "--more", "300", "--format", "json").json
    assert told["rows"] == 600
    (curve,) = told["curves"]
    assert (curve["method"], curve["judged"]) == ("tfidf", 600)
    assert [point["rows"] for point in curve["points"]] == [60, 120, 240, 480]
    assert list(curve["gains"]) == ["300", "600", "1800"]
    for gain in curve["gains"].values():
        assert gain["low"] <= gain["value"] <= gain["high"]
    assert set(told["label_first"]) == {"good", "bad"}
    assert list(Path().iterdir()) == [Path("d")]


def test_people_get_sentences_and_scripts_the_labels(noisy, heptune):
    out = heptune("curve", noisy).out
    assert "tfidf, judged on 600 rows" in out
    assert "1,000 more rows are worth about" in out
    assert "label first: " in out
    assert len(heptune("curve", noisy, "--format", "quiet").out.split()) == 2


def test_a_model_learns_from_the_last_parts_too(noisy, heptune, bert):
    told = library.curve(noisy, model=bert, sample=240)
    assert [curve.method for curve in told.curves] == ["tfidf", bert.name]
    assert [point.rows for point in told.curves[1].points] == [48, 96, 192]
    assert told.curves[1].judged == 48


def test_of_few_rows_nothing_is_said(workplace, heptune):
    write_csv(Path("few.csv"), messages(100))
    outcome = heptune("curve", "few.csv")
    assert outcome.code == 0
    assert "it takes 200 rows to learn from, and there are 80" in outcome.out
