"""What the model `auto` stands for: the best of the catalogue that is on this machine and suits the first texts."""

from collections.abc import Callable
from pathlib import Path

from heptune.errors import MissingError
from heptune.estimation.choice import best_at_hand
from heptune.estimation.fit import fitting_models
from heptune.estimation.ranking import why
from heptune.estimation.texts import facts_of_sample
from heptune.i18n import Sentence, _
from heptune.schemas.model_choice import TextFacts
from heptune.schemas.sources import AskedMethod, Sources
from heptune.steps.step2_sources.data_source import find_data
from heptune.steps.step2_sources.method import ChosenMethod
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.storage.run_store import Run

SUGGESTED_MODELS = 3
# Share of the letters from which on a script is named.
SHOWN_SHARE = 0.01


def choose_model(
    run: Run,
    config: SourcesConfig,
    first_texts: Callable[[Path], list[str]],
    *,
    asked: AskedMethod,
) -> ChosenMethod:
    """Look at the first texts and take the best model at hand; where none suits them, the method that needs none.

    Nothing is timed and no model is looked for on the Hub: the same texts give the same model while the same ones lie
    on this machine.

    Args:
        run: Told about downloads of data.
        config: Where the data are.
        first_texts: Reads the first texts of a file.
        asked: The method; where one is asked for, only a model will do.

    Raises:
        MissingError: a model is required and none at hand suits the texts (`code="no_fitting_model"`).
        InvalidInputError: the data cannot be found or read.
    """
    data = find_data(run, config, run.earlier_result(Sources))
    first_file = (data.files.train or data.files.whole)[0]
    texts = first_texts(first_file) or [""]
    facts = facts_of_sample(texts)
    best = best_at_hand(facts, texts)
    if best and best.at_hand:
        reason = _("the best model at hand for these texts: {why}", why=why(best, facts))
        return ChosenMethod("full" if asked == "auto" else asked, best.at_hand.name, reason, best.at_hand.commit)
    if asked != "auto":
        raise _no_fitting_model(config.data, facts)
    return ChosenMethod("tfidf", None, _none_suits(facts))


def _none_suits(facts: TextFacts) -> Sentence:
    return _(
        "no model at hand suits these texts, which are {script}; models that would: {models}",
        script=next(iter(facts.scripts), "?"),
        models=", ".join(_suggested(facts)),
    )


def _no_fitting_model(data: str, facts: TextFacts) -> MissingError:
    return MissingError(
        _("No model on this machine suits these texts."),
        code="no_fitting_model",
        where="sources.model",
        expected=_("a model that knows the script of the texts"),
        found=", ".join(f"{script} {share:.0%}" for script, share in facts.scripts.items() if share >= SHOWN_SHARE)
        or _("no letters"),
        remedy=_(
            "Name one that may be fetched, such as {models}; heptune models {data} ranks them all. "
            "Or leave out --method.",
            models=", ".join(f"--model {name}" for name in _suggested(facts)),
            data=data,
        ),
    )


def _suggested(facts: TextFacts) -> tuple[str, ...]:
    return fitting_models(facts.scripts, facts.languages, SUGGESTED_MODELS)
