"""From some texts to the models of the catalogue in order, or to the best that is at hand."""

from collections.abc import Sequence
from dataclasses import replace

from heptune.estimation.at_hand import find_at_hand
from heptune.estimation.catalogue import catalogue
from heptune.estimation.cost import cost_of, measure_machine
from heptune.estimation.fit import fit_of
from heptune.estimation.lengths import lengths_of
from heptune.estimation.ranking import Candidate, ranked, why
from heptune.schemas.model_choice import ModelChoice, RankedModel, TextFacts


def rank_models(data: str, facts: TextFacts, texts: Sequence[str]) -> ModelChoice:
    """Rank the catalogue for some texts and this machine, on which layers are timed.

    Args:
        data: What was asked about.
        facts: Of the texts.
        texts: A sample of them.
    """
    candidates = _candidates(facts, texts)
    mean_tokens = sum(candidate.lengths.mean_tokens for candidate in candidates) / len(candidates)
    machine = measure_machine(catalogue().models, facts.rows, mean_tokens)
    if machine:
        candidates = [
            replace(candidate, cost=cost_of(candidate.model, facts, candidate.lengths, machine))
            for candidate in candidates
        ]
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
    usable = [candidate for candidate in ranked(_candidates(facts, texts)) if candidate.at_hand and candidate.is_usable]
    return usable[0] if usable else None


def _candidates(facts: TextFacts, texts: Sequence[str]) -> list[Candidate]:
    """Return all models of the catalogue, with no cost."""
    candidates = []
    for model in catalogue().models:
        at_hand = find_at_hand(model.id)
        fit = fit_of(model, facts.scripts, facts.languages)
        lengths = lengths_of(model, texts, fit, at_hand.folder if at_hand else None)
        candidates.append(Candidate(model=model, fit=fit, at_hand=at_hand, lengths=lengths, cost=None))
    return candidates


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
