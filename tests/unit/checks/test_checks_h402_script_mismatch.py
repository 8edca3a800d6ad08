"""H402: texts in a script that the model was not made for."""

import pytest

from heptune.checks.h402_script_mismatch import CHECK, ReadScripts


def look(model, looks_english=None, **scripts):
    return CHECK.finding(ReadScripts(model, scripts, looks_english))


def test_the_starter_does_not_know_chinese_and_others_are_named():
    finding = look("starter", han=0.9, latin=0.1)
    assert (finding.severity, finding.count) == ("serious", 1)
    assert finding.summary == "the starter model knows English; 90% of the letters here are han"
    assert "--model BAAI/bge-small-zh-v1.5" in finding.remedy


def test_a_model_of_the_catalogue_is_known_by_its_name():
    assert look("google-bert/bert-base-uncased", cyrillic=1.0).count == 1
    assert look("google-bert/bert-base-chinese", han=0.9, latin=0.1).outcome == "passed"
    assert look("FacebookAI/xlm-roberta-base", arabic=0.5, thai=0.5).outcome == "passed"


@pytest.mark.parametrize(("foreign", "outcome"), [(0.29, "passed"), (0.31, "found")])
def test_a_few_foreign_letters_make_no_finding(foreign, outcome):
    assert look("starter", latin=1 - foreign, han=foreign).outcome == outcome


@pytest.mark.parametrize("model", [None, "./models/our-own"])
def test_where_nobody_knows_it_does_not_apply(model):
    finding = look(model, han=1.0)
    assert finding.outcome == "not_applicable"
    assert finding.summary


def test_an_english_model_and_words_that_are_not_english():
    finding = look("starter", looks_english=False, latin=1.0)
    assert (finding.outcome, finding.summary) == (
        "found",
        "this model knows English; the commonest English words hardly occur in these texts",
    )
    assert "multilingual" in finding.remedy or "xlm-roberta" in finding.remedy.lower()
    assert look("starter", looks_english=True, latin=1.0).outcome == "passed"
    assert look("starter", latin=1.0).outcome == "passed"
    assert look("FacebookAI/xlm-roberta-base", looks_english=False, latin=1.0).outcome == "passed"
