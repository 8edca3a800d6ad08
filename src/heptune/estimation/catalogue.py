"""Well-known checkpoints for text classification, as of a date; facts with their sources, shipped with the package."""

import json
from functools import cache
from importlib import resources

from heptune.schemas.catalogue import Catalogue


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that the package holds."""
    text = resources.files("heptune").joinpath("resources", "models.json").read_text(encoding="utf-8")
    return Catalogue.model_validate(json.loads(text))
