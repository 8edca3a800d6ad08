"""Whether a model suits the script and the language of some texts."""

from collections.abc import Mapping

from heptune.estimation.catalogue import catalogue
from heptune.schemas.catalogue import MULTILINGUAL, CatalogueModel
from heptune.schemas.model_choice import Fit

# A model is unfit where it does not know this share of the letters, and in doubt where not of the texts' languages.
FOREIGN_SHARE = 0.3

_OTHER_SCRIPTS = {
    "ar": ("arabic",), "bg": ("cyrillic",), "bn": ("bengali",), "el": ("greek",), "fa": ("arabic",),
    "gu": ("gujarati",), "he": ("hebrew",), "hi": ("devanagari",), "hy": ("armenian",), "ja": ("han", "kana"),
    "ka": ("georgian",), "kn": ("kannada",), "ko": ("hangul",), "mk": ("cyrillic",), "ml": ("malayalam",),
    "mn": ("cyrillic",), "mr": ("devanagari",), "my": ("myanmar",), "pa": ("gurmukhi",), "ru": ("cyrillic",),
    "sr": ("cyrillic", "latin"), "ta": ("tamil",), "te": ("telugu",), "th": ("thai",), "uk": ("cyrillic",),
    "ur": ("arabic",), "zh": ("han",),
}  # fmt: skip
_IN_LATIN = (
    "ca", "cs", "da", "de", "en", "es", "et", "fi", "fr", "gl", "hr", "hu", "id", "it", "ku", "lt", "lv", "ms", "nb",
    "nl", "pl", "pt", "ro", "sk", "sl", "sq", "sv", "tr", "vi",
)  # fmt: skip
# Scripts of a language by its ISO 639-1 code, as `data.text.count_scripts` names them.
SCRIPTS = {**_OTHER_SCRIPTS, **dict.fromkeys(_IN_LATIN, ("latin",))}

# What a language model reads as it reads the other one.
_WRITTEN_LIKE = {"no": "nb", "nn": "nb", "wuu": "zh", "yue": "zh"}


def known_scripts(model: CatalogueModel) -> frozenset[str]:
    """Return the scripts of its languages; a model of about a hundred languages knows all of the table above.

    The lists of multilingual BERT (github.com/google-research/bert, multilingual.md) and XLM-RoBERTa (arXiv 1911.02116)
    both hold every script of it.
    """
    languages = SCRIPTS if MULTILINGUAL in model.languages else model.languages
    return frozenset(script for language in languages for script in SCRIPTS[language])


def foreign_scripts(model: CatalogueModel, scripts: Mapping[str, float]) -> dict[str, float]:
    """Return the share of the letters in scripts that the model does not know, by script, largest first."""
    known = known_scripts(model)
    return {script: share for script, share in scripts.items() if script not in known}


def foreign_languages(model: CatalogueModel, languages: Mapping[str, float]) -> dict[str, float]:
    """Return the share of the texts in languages that the model does not know, by language, largest first.

    Of a model of about a hundred languages nobody keeps the list here; it is taken to know all.
    """
    if MULTILINGUAL in model.languages:
        return {}
    return {code: share for code, share in languages.items() if _WRITTEN_LIKE.get(code, code) not in model.languages}


def fit_of(model: CatalogueModel, scripts: Mapping[str, float], languages: Mapping[str, float]) -> Fit:
    """Say whether a model suits texts.

    Args:
        model: Of the catalogue.
        scripts: Share of the letters by script.
        languages: Share of the texts by language; empty where that is not known.
    """
    if sum(foreign_scripts(model, scripts).values()) >= FOREIGN_SHARE:
        return "unfit"
    if sum(foreign_languages(model, languages).values()) >= FOREIGN_SHARE:
        return "in_doubt"
    return "multilingual" if model.is_multilingual else "made_for"


def fitting_models(scripts: Mapping[str, float], languages: Mapping[str, float], count: int) -> tuple[str, ...]:
    """Return the names of the smallest models that suit some texts and can be opened, those made for them first."""
    order = ("made_for", "multilingual")
    fits = {model: fit_of(model, scripts, languages) for model in catalogue().models if model.safetensors}
    fitting = [model for model, fit in fits.items() if fit in order]
    fitting.sort(key=lambda model: (order.index(fits[model]), model.parameters, model.id))
    return tuple(model.id for model in fitting[:count])
