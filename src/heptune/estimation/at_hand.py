"""Which models of the catalogue lie on this machine as a whole; no network is asked."""

from dataclasses import dataclass
from pathlib import Path

from heptune.errors import InvalidInputError
from heptune.hub.models import cached_folder, find_cached_model
from heptune.hub.starter import COMMIT as STARTER_COMMIT
from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.hub.starter import find_starter
from heptune.modeling.model_folder import read_model_folder
from heptune.schemas.sources import STARTER


@dataclass(frozen=True, slots=True)
class ModelAtHand:
    """A model that can be had without a download.

    Attributes:
        name: How a recipe names it.
        commit: Which commit lies here; None for the starter, which has but one.
        folder: Where.
    """

    name: str
    commit: str | None
    folder: Path


def find_at_hand(model_id: str) -> ModelAtHand | None:
    """Return a model by its name on the Hub; None where it is not at hand as a whole, or would be refused.

    Raises:
        InvalidInputError: a file of the starter's package is not the published one.
    """
    if model_id == STARTER_REPOSITORY:
        package = find_starter()
        if package:
            return ModelAtHand(STARTER, None, package.folder)
        return _in_cache(model_id, STARTER_COMMIT)
    return _in_cache(model_id, None)


def _in_cache(model_id: str, revision: str | None) -> ModelAtHand | None:
    cached = find_cached_model(model_id, revision=revision)
    if cached is None:
        return None
    folder = cached_folder(cached)
    try:
        read_model_folder(folder)
    except InvalidInputError:
        return None
    is_starter = revision == STARTER_COMMIT
    return ModelAtHand(STARTER if is_starter else model_id, None if is_starter else cached.commit, folder)
