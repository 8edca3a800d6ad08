"""From some texts to the models of the catalogue in order, or to the best that is at hand."""

from collections.abc import Sequence

from heptune.estimation.at_hand import find_at_hand
from heptune.estimation.catalogue import catalogue
from heptune.estimation.cost import Machine, cost_of, measure_machine
from heptune.estimation.fit import fit_of
from heptune.estimation.lengths import lengths_of
from heptune.estimation.ranking import Candidate, ranked, why
from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.model_choice import ModelChoice, RankedModel, TextFacts, TextLengths


def rank_models(data: str, facts: TextFacts, texts: Sequence[str]) -> ModelChoice:
    """Rank the catalogue for some texts and this machine, on which layers are timed.

    Args:
        data: What was asked about.
        facts: Of the texts.
        texts: A sample of them.
    """
    lengths = {model.id: _lengths(model, facts, texts) for model in catalogue().models}
    mean_tokens = sum(length.mean_tokens for length in lengths.values()) / len(lengths)
    machine = measure_machine(catalogue().models, facts.rows, mean_tokens)
    candidates = [_candidate(model, facts, lengths[model.id], machine) for model in catalogue().models]
    return ModelChoice(
        catalogue_date=catalogue().date,
        data=data,
        texts=facts,
        device=machine.pace.device if machine else None,
        precision=machine.pace.precision if machine else None,
        models=tuple(_ranked_model(rank, candidate, facts) for rank, candidate in enumerate(ranked(candidates), 1)),
    )


def best_at_hand(facts: TextFacts, texts: Sequence[str]) -> Candidate | None:
    """Return the best model at hand that suits some texts, None without any; nothing is timed, no network is asked.

    So the same texts and the same models on this machine give the same answer.
    """
    candidates = [_candidate(model, facts, _lengths(model, facts, texts), None) for model in catalogue().models]
    usable = [candidate for candidate in ranked(candidates) if candidate.at_hand and candidate.is_usable]
    return usable[0] if usable else None


def _lengths(model: CatalogueModel, facts: TextFacts, texts: Sequence[str]) -> TextLengths:
    at_hand = find_at_hand(model.id)
    fit = fit_of(model, facts.scripts, looks_english=facts.looks_english)
    return lengths_of(model, texts, fit, at_hand.folder if at_hand else None)


def _candidate(model: CatalogueModel, facts: TextFacts, lengths: TextLengths, machine: Machine | None) -> Candidate:
    return Candidate(
        model=model,
        fit=fit_of(model, facts.scripts, looks_english=facts.looks_english),
        at_hand=find_at_hand(model.id),
        lengths=lengths,
        cost=cost_of(model, facts, lengths, machine) if machine else None,
    )


def _ranked_model(rank: int, candidate: Candidate, facts: TextFacts) -> RankedModel:
    return RankedModel(
        rank=rank,
        model=candidate.model,
        fit=candidate.fit,
        at_hand=candidate.at_hand is not None,
        lengths=candidate.lengths,
        cost=candidate.cost,
        why=why(candidate, facts),
    )
