"""Laws of the order: what does not suit never stands above what does, whatever it takes."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from heptune.estimation.at_hand import ModelAtHand
from heptune.estimation.catalogue import catalogue
from heptune.estimation.cost import Machine, cost_of, measure_machine
from heptune.estimation.fit import fit_of
from heptune.estimation.lengths import lengths_of
from heptune.estimation.ranking import Candidate, ranked, why
from heptune.estimation.texts import facts_of_sample
from heptune.schemas.model_choice import TextLengths, TrainingCost

MODELS = catalogue().models
STARTER = "sentence-transformers/all-MiniLM-L6-v2"
CHINESE_TEXTS = ["送餐很快，味道不错，就是量有点少。"] * 30
ENGLISH_TEXTS = ["The parcel came late and they were not kind about this, but the box was fine."] * 30
LENGTHS = TextLengths(mean_tokens=20, longest_tokens=60, cut_share=0, counted=False)


def cheap(**changes):
    return TrainingCost(**({"seconds_low": 60, "seconds_high": 90, "memory_mib": 900, "fits": True} | changes))


def candidate(model, *, fit="made_for", here=False, cut=0.0, cost=None):
    at_hand = ModelAtHand(model.id, None, Path()) if here else None
    return Candidate(model, fit, at_hand, LENGTHS.model_copy(update={"cut_share": cut}), cost)


def for_texts(texts, *, here=(STARTER,), cost=None):
    facts = facts_of_sample(texts)
    fits = {model.id: fit_of(model, facts.scripts, facts.languages) for model in MODELS}
    return ranked([candidate(model, fit=fits[model.id], here=model.id in here, cost=cost) for model in MODELS])


@pytest.mark.parametrize(
    "texts", [CHINESE_TEXTS, ENGLISH_TEXTS, ["это очень хорошо"], ["これはとてもいいです"], ["123"]]
)
@pytest.mark.parametrize("cost", [None, cheap(), cheap(fits=False), cheap(seconds_high=1e6)])
def test_nothing_unfit_stands_above_anything_fit(texts, cost):
    order = for_texts(texts, cost=cost)
    fits = [candidate.fit != "unfit" for candidate in order]
    assert fits == sorted(fits, reverse=True)
    assert len(order) == len(MODELS)


def test_for_chinese_no_model_without_chinese_stands_above_the_starter_which_is_unfit():
    order = for_texts(CHINESE_TEXTS)
    place = [candidate.model.id for candidate in order].index(STARTER)
    assert order[place].fit == "unfit"
    above = {language for candidate in order[:place] for language in candidate.model.languages}
    assert all({"zh", "multilingual"} & set(candidate.model.languages) for candidate in order[:place])
    assert "zh" in above
    assert order[0].model.languages == ("zh",)


def test_what_cannot_be_opened_or_does_not_fit_stands_below_what_can():
    usable = [candidate.is_usable for candidate in for_texts(ENGLISH_TEXTS)]
    assert usable == sorted(usable, reverse=True)
    assert not all(usable)
    small, large = MODELS[0], MODELS[1]
    order = ranked([candidate(large, cost=cheap(fits=False)), candidate(small, fit="in_doubt", cost=cheap(fits=None))])
    assert [candidate.model for candidate in order] == [small, large]


def test_pickles_that_are_at_hand_as_safetensors_can_be_opened():
    pickled = next(model for model in MODELS if model.safetensors is False)
    assert candidate(pickled).is_pickled
    assert not candidate(pickled, here=True).is_pickled


def test_the_rules_in_their_order():
    model = MODELS[1]
    better = [
        (candidate(model, fit="made_for"), candidate(model, fit="multilingual")),
        (candidate(model, fit="multilingual"), candidate(model, fit="in_doubt")),
        (candidate(model, cut=0.1), candidate(model, cut=0.11)),
        (candidate(model, cost=cheap()), candidate(model, cost=cheap(seconds_low=7_000, seconds_high=9_000))),
        (candidate(model, fit="made_for", cut=0.9), candidate(model, fit="multilingual")),
    ]
    for first, second in better:
        assert ranked([second, first]) == [first, second]


def test_within_an_hour_more_weights_come_first_and_beyond_it_fewer():
    encoders = [model for model in MODELS if model.kind == "encoder" and model.safetensors]
    fast = ranked([candidate(model, cost=cheap()) for model in encoders])
    slow = ranked([candidate(model, cost=cheap(seconds_low=1e4, seconds_high=2e4)) for model in encoders])
    sizes, slow_sizes = ([candidate.model.matrix_parameters for candidate in order] for order in (fast, slow))
    assert sizes == sorted(sizes, reverse=True)
    assert slow_sizes == sorted(slow_sizes)


def test_published_scores_decide_nothing():
    bare = [model.model_copy(update={"published": ()}) for model in MODELS]
    with_scores, without = ([c.model.id for c in ranked([candidate(m) for m in models])] for models in (MODELS, bare))
    assert with_scores == without


def test_every_reason_is_said_in_words():
    facts = facts_of_sample(CHINESE_TEXTS)
    fits, costs = ("made_for", "multilingual", "in_doubt", "unfit"), (None, cheap(fits=False, seconds_high=1e6))
    starter = next(model for model in MODELS if model.id == STARTER)
    for model, fit, cost in product(MODELS, fits, costs):
        if fit != "unfit":
            assert why(candidate(model, fit=fit, cut=0.5, cost=cost), facts)
    assert why(candidate(starter, fit="unfit"), facts) == "unfit: does not know han, 100% of the letters here"


@pytest.mark.parametrize(
    ("texts", "scripts", "share"),
    [
        (["好好好 да"], "han, cyrillic", "100%"),
        (["好好好好好 дада مم", "yes"], "han, cyrillic, arabic", "79%"),
        (["ก مم дада 好好好好好"], "han, cyrillic, arabic, …", "100%"),
    ],
)
def test_scripts_that_an_unfit_model_does_not_know_are_named_largest_first(texts, scripts, share):
    starter = next(model for model in MODELS if model.id == STARTER)
    said = why(candidate(starter, fit="unfit"), facts_of_sample(texts))
    assert said == f"unfit: does not know {scripts}, {share} of the letters here"


@pytest.fixture(scope="module")
def machine() -> Machine:
    """This machine, as far as no test asks how fast it is."""
    pytest.importorskip("torch")
    with pytest.MonkeyPatch.context() as patch:
        # One shape is timed, the others follow from it.
        patch.setattr("heptune.modeling.layer_pace.MOST_SECONDS", 0)
        found = measure_machine(MODELS, rows=32, mean_tokens=8)
    assert found is not None
    return found


def test_every_model_has_its_cost(machine):
    facts = facts_of_sample(ENGLISH_TEXTS)
    for model in MODELS:
        cost = cost_of(model, facts, LENGTHS, machine)
        assert 0 < cost.seconds_low < cost.seconds_high
        assert cost.memory_mib > machine.process_mib


def test_more_rows_tokens_and_layers_take_longer(machine):
    model = next(model for model in MODELS if model.id == "google-bert/bert-base-uncased")
    facts = facts_of_sample(ENGLISH_TEXTS)

    def seconds(facts=facts, lengths=LENGTHS, model=model):
        return cost_of(model, facts, lengths, machine).seconds_low

    assert seconds(facts.model_copy(update={"rows": 2 * facts.rows})) > seconds()
    assert seconds(lengths=LENGTHS.model_copy(update={"mean_tokens": 40.0})) > seconds()
    assert seconds(model=model.model_copy(update={"layers": 24})) > seconds()


def test_what_needs_more_memory_than_there_is_does_not_fit(machine):
    facts = facts_of_sample(ENGLISH_TEXTS)
    for available, fits in ((1.0, False), (1e9, True), (None, None)):
        cost = cost_of(MODELS[0], facts, LENGTHS, replace(machine, available_mib=available))
        assert cost.fits is fits


def test_without_torch_there_is_no_cost(monkeypatch):
    monkeypatch.setattr("heptune.estimation.cost.find_spec", lambda _name: None)
    assert measure_machine(MODELS, rows=32, mean_tokens=8) is None


def test_lengths_and_fits_of_the_whole_catalogue_are_sound():
    facts = facts_of_sample(CHINESE_TEXTS)
    for model in MODELS:
        fit = fit_of(model, facts.scripts, facts.languages)
        lengths = lengths_of(model, CHINESE_TEXTS, fit, None)
        assert 1 <= lengths.mean_tokens <= lengths.longest_tokens <= min(512, model.max_tokens)
