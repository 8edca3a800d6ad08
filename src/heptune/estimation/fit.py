"""Whether a model suits the script and the language of some texts."""

from collections.abc import Mapping

from heptune.estimation.catalogue import catalogue
from heptune.schemas.catalogue import MULTILINGUAL, CatalogueModel
from heptune.schemas.model_choice import Fit

# A model is unfit where it does not know this share of the letters.
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


def fit_of(model: CatalogueModel, scripts: Mapping[str, float], *, looks_english: bool | None) -> Fit:
    """Say whether a model suits texts.

    Args:
        model: Of the catalogue.
        scripts: Share of the letters by script.
        looks_english: Whether the words are English ones; None where that is not known.
    """
    if sum(foreign_scripts(model, scripts).values()) >= FOREIGN_SHARE:
        return "unfit"
    if model.is_multilingual:
        return "multilingual"
    return "in_doubt" if model.languages == ("en",) and looks_english is False else "made_for"


def fitting_models(scripts: Mapping[str, float], count: int, *, looks_english: bool | None = None) -> tuple[str, ...]:
    """Return the names of the smallest models that suit some texts and can be opened, those made for them first."""
    order = ("made_for", "multilingual")
    fits = {
        model: fit_of(model, scripts, looks_english=looks_english) for model in catalogue().models if model.safetensors
    }
    fitting = [model for model, fit in fits.items() if fit in order]
    fitting.sort(key=lambda model: (order.index(fits[model]), model.parameters, model.id))
    return tuple(model.id for model in fitting[:count])
