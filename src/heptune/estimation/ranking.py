"""Which model first: by rules that are told in words, never by scores of different benchmarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from heptune.estimation.at_hand import ModelAtHand
from heptune.estimation.fit import foreign_languages, foreign_scripts
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.i18n import Sentence, _
from heptune.methods.lengths import CUSTOMARY_LIMIT
from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.model_choice import Fit, TextFacts, TextLengths, TrainingCost

FITS = ("made_for", "multilingual", "in_doubt", "unfit")
# A model that cuts more of the texts stands behind those that do not.
CUT_SHARE = 0.1
# Unknown scripts or languages that are named.
MOST_NAMED = 3
# Whoever wants to wait longer chooses by name.
SECONDS_TO_WAIT = 3_600
# In the place of that time where nothing was timed: about a base model's layers.
LARGEST_UNTIMED = 100_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model and all that its rank depends on.

    Attributes:
        model: Of the catalogue.
        fit: Whether it suits script and language of the texts.
        at_hand: Where it lies here; None where it would have to be fetched.
        lengths: Of the texts to it.
        cost: Of training; None where that was not foretold.
    """

    model: CatalogueModel
    fit: Fit
    at_hand: ModelAtHand | None
    lengths: TextLengths
    cost: TrainingCost | None

    @property
    def is_usable(self) -> bool:
        """Whether it suits the texts, can be opened as far as is known, and fits into memory as far as is known."""
        return self.fit != "unfit" and not self.is_pickled and not self.is_too_large

    @property
    def is_pickled(self) -> bool:
        """Whether it cannot be opened."""
        return self.at_hand is None and self.model.safetensors is False

    @property
    def is_too_large(self) -> bool:
        """Whether it needs more memory than there is."""
        return self.cost is not None and self.cost.fits is False

    @property
    def is_slow(self) -> bool:
        """Whether training takes longer than most want to wait."""
        if self.cost is None:
            return self.model.matrix_parameters > LARGEST_UNTIMED
        return (self.cost.seconds_low + self.cost.seconds_high) / 2 > SECONDS_TO_WAIT


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, best first.

    What cannot be used stands last: what is unfit, behind what cannot be opened or is too large. Among the others those
    made for the language come before multilingual ones; those that read whole texts, that are trained within an hour,
    that are known to open, and encoders before the others (they classify better at the same size: arXiv 2507.11412);
    then more weights in the layers before fewer, but fewer before more where training takes longer than that anyway.
    Among the unfit those at hand are first.
    """
    return sorted(candidates, key=_order)


def _order(candidate: Candidate) -> tuple[object, ...]:
    model = candidate.model
    is_unfit = candidate.fit == "unfit"
    return (
        is_unfit,
        not candidate.is_usable,
        is_unfit and (model.id != STARTER_REPOSITORY, candidate.at_hand is None),
        FITS.index(candidate.fit),
        candidate.lengths.cut_share > CUT_SHARE,
        candidate.is_slow,
        candidate.at_hand is None and model.safetensors is None,
        model.kind == "decoder",
        model.matrix_parameters if candidate.is_slow else -model.matrix_parameters,
        model.id,
    )


def why(candidate: Candidate, facts: TextFacts) -> Sentence:
    """Say in a sentence what the rank of a candidate comes from."""
    return reduce(lambda first, second: _("{first}; {second}", first=first, second=second), _reasons(candidate, facts))


def _reasons(candidate: Candidate, facts: TextFacts) -> list[Sentence]:
    model = candidate.model
    reasons = [_fit_reason(candidate, facts)]
    if candidate.fit == "unfit":
        return reasons
    if candidate.is_usable:
        reasons.append(_("{count:.0f}M weights in its layers", count=model.matrix_parameters / 1e6))
    if candidate.is_pickled:
        reasons.append(_("weights only as pickles, which Heptune does not open"))
    elif candidate.at_hand is None and model.safetensors is None:
        reasons.append(_("not known whether its weights are safetensors"))
    if candidate.is_too_large:
        reasons.append(_("needs more memory than there is"))
    if candidate.lengths.cut_share > CUT_SHARE:
        limit = min(model.max_tokens, CUSTOMARY_LIMIT)
        share = candidate.lengths.cut_share
        reasons.append(_("cuts {share:.0%} of the texts at {limit} tokens", share=share, limit=limit))
    if candidate.is_slow:
        reasons.append(_("more than an hour here") if candidate.cost else _("large for a CPU"))
    if model.kind == "decoder":
        reasons.append(_("a decoder, which classifies less well than an encoder of its size"))
    return reasons


def _fit_reason(candidate: Candidate, facts: TextFacts) -> Sentence:
    model = candidate.model
    match candidate.fit:
        case "made_for":
            return _("made for {language}", language=_language(model))
        case "multilingual":
            script = next(iter(facts.scripts), None)
            return _("multilingual") if script is None else _("multilingual, knows {script}", script=script)
        case "in_doubt":
            foreign = foreign_languages(model, facts.languages)
            return _(
                "made for {language}, and {share:.0%} of the texts are in {others}",
                language=_("other languages") if model.is_multilingual else _language(model),
                share=sum(foreign.values()),
                others=_named(foreign),
            )
        case "unfit":
            foreign = foreign_scripts(model, facts.scripts)
            return _(
                "unfit: does not know {scripts}, {share:.0%} of the letters here",
                scripts=_named(foreign),
                share=sum(foreign.values()),
            )


def _named(foreign: Mapping[str, float]) -> str:
    return ", ".join(tuple(foreign)[:MOST_NAMED]) + (", …" if len(foreign) > MOST_NAMED else "")


def _language(model: CatalogueModel) -> str:
    """Return a language's name; the catalogue's models of one language know one of these."""
    return {"en": _("English"), "zh": _("Chinese")}.get(model.languages[0], model.languages[0])
