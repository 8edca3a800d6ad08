"""`heptune explain`, and `evaluation.robustness`."""

from pathlib import Path

import pytest
from made_up_data import messages, write_csv

import heptune as library
from heptune.bundle.attribution import MOST_PIECES, explain

TEXT = "my parcel was great, really!"


@pytest.fixture
def bundle(workplace, heptune):
    write_csv(Path("d.csv"), messages(300))
    heptune("run", "d.csv", "--method", "tfidf", "--out", "run")
    return "run/bundle"


def test_the_telling_word_counts_most_and_the_pieces_cover_the_words(bundle, heptune):
    told = heptune("explain", bundle, "--text", TEXT, "--format", "json").json
    assert told["label"] == "good"
    assert [one["text"] for one in told["pieces"]] == ["my", "parcel", "was", "great", ",", "really", "!"]
    assert all(TEXT[one["start"] : one["end"]] == one["text"] for one in told["pieces"])
    assert max(told["pieces"], key=lambda one: one["contribution"])["text"] == "great"
    model = library.load(bundle)
    without = model.predict([TEXT.replace("great", "")])[0].scores["good"]
    contribution = next(one["contribution"] for one in told["pieces"] if one["text"] == "great")
    assert contribution == pytest.approx(told["score"] - without, abs=1e-6)


def test_another_label_is_explained_the_other_way_round(bundle, heptune):
    good, bad = (
        heptune("explain", bundle, "--text", TEXT, "--label", label, "--format", "json").json["pieces"]
        for label in ("good", "bad")
    )
    for one, other in zip(good, bad, strict=True):
        assert one["contribution"] == pytest.approx(-other["contribution"], abs=2e-6)


def test_people_see_the_text_and_the_strongest_words(bundle, heptune):
    out = heptune("explain", bundle, "--text", TEXT).out
    assert TEXT in out
    assert "the score changes by" in out
    assert heptune("explain", bundle, "--text", TEXT, "--format", "quiet").out.splitlines()[0] == "great"


def test_long_texts_are_taken_in_larger_pieces_and_chinese_by_letters(bundle, workplace):
    model = library.load(bundle)
    assert 100 < len(explain(model, "good parcel " * 400).pieces) <= MOST_PIECES
    assert [one.text for one in explain(model, "不好 good").pieces] == ["不", "好", "good"]
    assert [one.text for one in explain(model, "iPhone很好\u30005星").pieces] == ["iPhone", "很", "好", "5", "星"]
    marks = explain(model, "किताब cafe\u0301 👨\u200d👩\u200d👧 🇩🇪🇫🇷 ok").pieces
    assert [one.text for one in marks] == ["किताब", "cafe\u0301", "👨\u200d👩\u200d👧", "🇩🇪🇫🇷", "ok"]
    assert explain(model, "good").pieces[0].contribution == pytest.approx(explain(model, "good").score, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "code", "kind"),
    [(("--text", TEXT, "--label", "x"), 2, "unknown_label"), (("--text", " "), 3, "no_answer")],
)
def test_what_cannot_be_explained_is_told(bundle, heptune, options, code, kind):
    outcome = heptune("explain", bundle, *options, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (code, kind)


def test_small_changes_are_counted_where_asked_for_and_the_model_is_kept(workplace, heptune):
    # Two letters in the one order or the other: exchanged, they always say the contrary.
    write_csv(Path("d.csv"), [(f"{('ab', 'ba')[n % 2]} {n}", "xy"[n % 2]) for n in range(300)])
    options = ("run", "d.csv", "--method", "tfidf", "--out", "run", "--format", "json")
    assert heptune(*options).json["robustness"] == []
    outcome = heptune(*options, "--set", "evaluation.robustness=true")
    assert "the trained model is kept" in outcome.err
    measured = {one["name"]: one for one in outcome.json["robustness"]}
    assert measured.keys() == {
        "typos",
        "case",
        "white_space",
        "link",
        "mention",
    }  # these rows have no accents, no marks
    assert measured["case"]["flips"]["value"] == 0  # this method folds case
    assert measured["typos"]["flips"]["value"] == 1
    assert all(one["rows"] == 60 for one in measured.values())
    assert "Exchanged letters change 100.0% [" in heptune("show", "run").out
    assert "Exchanged letters change 100.0%" in Path("run/report.html").read_text(encoding="utf-8")
