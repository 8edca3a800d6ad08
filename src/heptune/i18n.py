"""Sentences that users see, in their language.

The English sentence is the key: `_("{count} rows have no text", count=3)`. Other languages live in
`resources/locales/<language>.json`, an object from English sentence to translated sentence with the same placeholders.
"""

import json
import os
from functools import cache
from importlib import resources

LANGUAGES = ("en", "zh")


def language() -> str:
    """Return the language users are spoken to in: `HEPTUNE_LANG`, else the POSIX locale variables, else English."""
    for variable in ("HEPTUNE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(sentence: str, /, **values: object) -> str:
    """Translate `sentence` into the current language, then fill its `{placeholders}` with `values`.

    Raises:
        KeyError: a placeholder of the sentence has no value.
    """
    return _catalogue(language()).get(sentence, sentence).format(**values)


@cache
def _catalogue(code: str) -> dict[str, str]:
    file = resources.files("heptune").joinpath("resources", "locales", f"{code}.json")
    if not file.is_file():  # English, and any language that is not translated yet
        return {}
    catalogue: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return catalogue
