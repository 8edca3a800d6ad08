"""Which model knows which script, and what the texts tell of themselves."""

import pytest

from heptune.estimation.catalogue import catalogue
from heptune.estimation.fit import (
    FOREIGN_SHARE,
    SCRIPTS,
    fit_of,
    fitting_models,
    foreign_languages,
    foreign_scripts,
    known_scripts,
)
from heptune.estimation.lengths import lengths_of
from heptune.estimation.texts import facts_of_sample
from heptune.schemas.catalogue import MULTILINGUAL

MODELS = {model.id: model for model in catalogue().models}
STARTER = MODELS["sentence-transformers/all-MiniLM-L6-v2"]
CHINESE = MODELS["google-bert/bert-base-chinese"]
WIDE = MODELS["FacebookAI/xlm-roberta-base"]
LISTED = MODELS["sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"]


def test_every_language_of_the_catalogue_has_a_script():
    languages = {language for model in MODELS.values() for language in model.languages}
    assert languages - {MULTILINGUAL} <= SCRIPTS.keys()


@pytest.mark.parametrize(
    ("model", "scripts", "fit"),
    [
        (STARTER, {"latin": 1.0}, "made_for"),
        (STARTER, {"han": 1.0}, "unfit"),
        (STARTER, {"latin": 0.71, "han": 0.29}, "made_for"),
        (STARTER, {"latin": 0.6, "han": 0.2, "cyrillic": 0.2}, "unfit"),
        (STARTER, {}, "made_for"),
        (CHINESE, {"han": 0.99, "latin": 0.01}, "made_for"),
        (CHINESE, {"latin": 1.0}, "unfit"),
        (CHINESE, {"kana": 0.6, "han": 0.4}, "unfit"),
        (WIDE, {"kana": 0.6, "han": 0.4}, "multilingual"),
        (WIDE, {"cuneiform": 1.0}, "unfit"),
    ],
)
def test_a_model_is_unfit_where_it_does_not_know_enough_of_the_letters(model, scripts, fit):
    assert fit_of(model, scripts, {}) == fit
    assert (sum(foreign_scripts(model, scripts).values()) >= FOREIGN_SHARE) == (fit == "unfit")


@pytest.mark.parametrize(
    ("model", "languages", "fit"),
    [
        (STARTER, {"en": 0.71, "de": 0.29}, "made_for"),
        (STARTER, {"en": 0.6, "de": 0.2, "fr": 0.2}, "in_doubt"),
        (STARTER, {}, "made_for"),
        (WIDE, {"de": 1.0}, "multilingual"),
        (LISTED, {"de": 1.0}, "multilingual"),
        (LISTED, {"no": 1.0}, "multilingual"),
        (LISTED, {"is": 1.0}, "in_doubt"),
    ],
)
def test_a_model_is_in_doubt_where_it_knows_the_letters_and_not_the_language(model, languages, fit):
    assert fit_of(model, {"latin": 1.0}, languages) == fit
    assert (sum(foreign_languages(model, languages).values()) >= FOREIGN_SHARE) == (fit == "in_doubt")


def test_a_chinese_model_reads_cantonese():
    assert fit_of(CHINESE, {"han": 1.0}, {"yue": 0.6, "zh": 0.4}) == "made_for"


def test_small_models_are_suggested_that_know_the_script_and_open():
    assert fitting_models({"han": 1.0}, {}, 2) == ("BAAI/bge-small-zh-v1.5", "google-bert/bert-base-chinese")
    for script in {script for scripts in SCRIPTS.values() for script in scripts}:
        suggested = fitting_models({script: 1.0}, {}, 2)
        assert len(suggested) == 2
        assert all(MODELS[name].safetensors and script in known_scripts(MODELS[name]) for name in suggested)
    assert fitting_models({"cuneiform": 1.0}, {}, 2) == ()


def test_chinese_is_about_a_token_a_character_and_twice_that_in_bytes():
    texts = ["很快，好吃，味道足，量大"] * 3
    known = lengths_of(CHINESE, texts, "made_for", None)
    assert (known.mean_tokens, known.longest_tokens, known.cut_share, known.counted) == (14, 14, 0, False)
    foreign = lengths_of(MODELS["openai-community/gpt2"], texts, "unfit", None)
    assert foreign.mean_tokens == 26
    english = lengths_of(STARTER, ["x" * 42], "made_for", None)
    assert english.mean_tokens == 12


def test_texts_beyond_a_models_limit_are_counted_as_cut():
    texts = ["word " * 20, "word " * 400]
    tweets = MODELS["vinai/bertweet-base"]
    assert lengths_of(tweets, texts, "made_for", None).cut_share == 0.5
    assert lengths_of(tweets, texts, "made_for", None).longest_tokens == tweets.max_tokens
    assert lengths_of(MODELS["answerdotai/ModernBERT-base"], texts, "made_for", None).cut_share == 0


def test_a_tokenizer_at_hand_counts_itself_and_a_broken_one_is_passed_over(tiny_model, tmp_path):
    folder = tiny_model("bert")
    counted = lengths_of(STARTER, ["the parcel is late"], "made_for", folder)
    assert (counted.mean_tokens, counted.counted) == (6, True)
    (tmp_path / "tokenizer.json").write_text("{}")
    assert not lengths_of(STARTER, ["the parcel is late"], "made_for", tmp_path).counted


def test_facts_of_a_sample_need_no_labels():
    facts = facts_of_sample(["很好", "good"])
    assert (facts.rows, facts.longest_characters, set(facts.scripts)) == (2, 4, {"han", "latin"})
    assert facts_of_sample([""]).scripts == {}
