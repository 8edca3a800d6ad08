"""H402: texts in a script or a language that the model was not made for."""

import pytest

from heptune.checks.h402_script_mismatch import CHECK, ReadScripts


def look(model, languages=None, **scripts):
    return CHECK.finding(ReadScripts(model, scripts, languages or {}))


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


def test_a_model_and_texts_in_another_language_of_its_script():
    finding = look("starter", {"de": 0.5, "en": 0.4, "fr": 0.1}, latin=1.0)
    assert (finding.outcome, finding.count, finding.summary) == (
        "found",
        2,
        "this model was not made for 60% of the texts here, whose language is de, fr",
    )
    assert [(example.text, example.detail) for example in finding.examples] == [
        ("de", "50% of the texts"),
        ("fr", "10% of the texts"),
    ]
    assert "--model intfloat/multilingual-e5-small" in finding.remedy
    assert look("FacebookAI/xlm-roberta-base", {"de": 1.0}, latin=1.0).outcome == "passed"


@pytest.mark.parametrize(("foreign", "outcome"), [(0.29, "passed"), (0.31, "found")])
def test_a_few_texts_in_another_language_make_no_finding(foreign, outcome):
    assert look("starter", {"en": 1 - foreign, "de": foreign}, latin=1.0).outcome == outcome


def test_of_many_languages_three_are_named():
    summary = look("starter", {"de": 0.4, "fr": 0.3, "es": 0.2, "it": 0.1}, latin=1.0).summary
    assert summary.endswith("whose language is de, fr, es, …")
