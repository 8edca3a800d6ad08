"""H402: texts in a script or a language that the model was not made for."""

from collections.abc import Mapping
from dataclasses import dataclass

from heptune.checks.check import PASSED, Answer, Check, Found, NotApplicable
from heptune.estimation.catalogue import catalogue
from heptune.estimation.fit import FOREIGN_SHARE, fitting_models, foreign_languages, foreign_scripts
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.i18n import _
from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.finding import Example
from heptune.schemas.sources import STARTER

SUGGESTED_MODELS = 2
LANGUAGES_NAMED = 3


@dataclass(frozen=True, slots=True)
class ReadScripts:
    """What is read by what.

    Attributes:
        model: The model as it was named; None for a method without one.
        scripts: Share of the letters by script, largest first.
        languages: Share of the texts by language, largest first; empty where that is not known.
    """

    model: str | None
    scripts: Mapping[str, float]
    languages: Mapping[str, float]


def find_script_mismatch(read: ReadScripts) -> Answer:
    """Compare the scripts of the letters, and the languages of the texts, with the model's languages."""
    if read.model is None:
        return NotApplicable(_("this method reads any script"))
    name = STARTER_REPOSITORY if read.model == STARTER else read.model
    model = next((model for model in catalogue().models if model.id == name), None)
    if model is None:
        return NotApplicable(_("the catalogue does not say for which languages this model was made"))
    foreign = foreign_scripts(model, read.scripts)
    share = sum(foreign.values())
    if share < FOREIGN_SHARE:
        return _other_language(model, read)
    said = {"share": share, "script": next(iter(foreign))}
    return Found(
        count=len(foreign),
        summary=_("the starter model knows English; {share:.0%} of the letters here are {script}", **said)
        if read.model == STARTER
        else _("this model was not made for {share:.0%} of the letters here, which are {script}", **said),
        remedy=_(
            "Better: {models}. --method tfidf reads any script, needs no model, and may do better here.",
            models=_suggested(read),
        ),
        examples=tuple(
            Example(text=script, detail=_("{share:.0%} of the letters", share=share))
            for script, share in foreign.items()
        ),
    )


def _other_language(model: CatalogueModel, read: ReadScripts) -> Answer:
    """Look at the languages where the letters are known."""
    foreign = foreign_languages(model, read.languages)
    share = sum(foreign.values())
    if share < FOREIGN_SHARE:
        return PASSED
    return Found(
        count=len(foreign),
        summary=_(
            "this model was not made for {share:.0%} of the texts here, whose language is {language}",
            share=share,
            language=", ".join(tuple(foreign)[:LANGUAGES_NAMED]) + (", …" if len(foreign) > LANGUAGES_NAMED else ""),
        ),
        remedy=_(
            "Better: {models}. --method tfidf reads any language, needs no model, and may do better here.",
            models=_suggested(read),
        ),
        examples=tuple(
            Example(text=code, detail=_("{share:.0%} of the texts", share=share)) for code, share in foreign.items()
        ),
    )


def _suggested(read: ReadScripts) -> str:
    return ", ".join(f"--model {name}" for name in fitting_models(read.scripts, read.languages, SUGGESTED_MODELS))


CHECK = Check("H402", "script_mismatch", "serious", find_script_mismatch)
