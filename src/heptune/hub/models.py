"""Models by name: resolved to a commit once, and of their files only what a classifier is loaded from."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from heptune.errors import HeptuneError, InvalidInputError
from heptune.hub.card import licence_of, read_card
from heptune.hub.download import Announce, download
from heptune.hub.errors import UNREACHABLE
from heptune.hub.listing import Listing, fetch_readme, list_repository, missing_files
from heptune.hub.repository import repository_of
from heptune.hub.settings import HubSettings, hub_settings
from heptune.i18n import _
from heptune.schemas.model_files import (
    CONFIG,
    TOKENIZER_FILES,
    WEIGHTS,
    WEIGHTS_INDEX,
    has_vocabulary,
    indexed_shards,
    pickled_weights,
)

_WEIGHTS_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the Hub at one commit.

    Attributes:
        listing: Where it is and which of its files are needed.
        licence: As its card states it; None where it states none.
    """

    listing: Listing
    licence: str | None

    @property
    def repo_id(self) -> str:
        """The name that was asked for."""
        return self.listing.repository.repo_id

    @property
    def commit(self) -> str:
        """Sha (40 hex digits) that the name stands for."""
        return self.listing.commit

    @property
    def files(self) -> dict[str, int]:
        """Size in bytes of each needed file, by name."""
        return self.listing.files


def resolve_model(name: str, *, revision: str | None = None, known_commit: str | None = None) -> HubModel:
    """Find out which commit a model's name stands for, and what there is to download.

    Args:
        name: `owner/name` on the Hub.
        revision: Branch, tag or commit; the main branch unless given.
        known_commit: What the name was resolved to before; the Hub is not asked again.

    Raises:
        UsageError: the name or revision is malformed.
        MissingError: the Hub has no such model or cannot be reached, and the cache does not hold it either.
        InvalidInputError: the repository holds no model that can be loaded, or its weights only as pickles.
    """
    settings = hub_settings()
    listing = list_repository(repository_of("model", name, revision, known_commit), known_commit, settings)
    _refuse_unloadable(listing, settings)
    return HubModel(listing.only(_needed_files(listing.files)), _licence(listing, settings))


def download_model(model: HubModel, announce: Announce) -> Path:
    """Bring the needed files of `model` into the cache and return their folder.

    Args:
        model: From `resolve_model`.
        announce: Called with the number of bytes to fetch before the first one is; not at all when all is there.

    Raises:
        MissingError: a file is not in the cache and the Hub may not or cannot be asked for it.
        InvalidInputError: a file in the cache is damaged.
        ResourceError: the disk is full, or the cache does not let us write.
    """
    return download(model.listing, announce, hub_settings())


def find_cached_model(name: str, *, revision: str | None = None) -> HubModel | None:
    """Return a model that lies in the Hub's cache as a whole, None for any other; the Hub is never asked.

    Args:
        name: `owner/name` on the Hub.
        revision: Branch, tag or commit; what the main branch stood for when it was last downloaded, unless given.
    """
    settings = replace(hub_settings(), offline=True)
    repository = repository_of("model", name, revision, None)
    if not repository.cache_folder(settings.cache).is_dir():
        return None
    try:
        listing = list_repository(repository, None, settings)
        _refuse_unloadable(listing, settings)
        needed = listing.only(_needed_files(listing.files))
        download(needed, _nothing_to_announce, settings)
    except HeptuneError:
        return None
    return HubModel(needed, _licence(listing, settings))


def cached_folder(model: HubModel) -> Path:
    """Return the folder in which the files of a cached model lie."""
    return model.listing.folder(hub_settings())


def _nothing_to_announce(_size: int) -> None:
    """Offline nothing is fetched."""


def _needed_files(names: Collection[str]) -> list[str]:
    wanted = {CONFIG, *_weights(names), *TOKENIZER_FILES}
    return [name for name in names if name in wanted]


def _weights(names: Collection[str]) -> list[str]:
    """The single file before the shards, as transformers takes them; other safetensors are variants or adapters."""
    if WEIGHTS in names:
        return [WEIGHTS]
    shards = [name for name in names if _WEIGHTS_SHARD.fullmatch(name)]
    return [WEIGHTS_INDEX, *shards] if WEIGHTS_INDEX in names and shards else []


def _refuse_unloadable(listing: Listing, settings: HubSettings) -> None:
    missing = _missing_parts(listing, settings)
    if missing and listing.source == "cached files":
        raise missing_files(listing, missing, settings)
    pickled = pickled_weights(listing.files)
    if WEIGHTS in missing and pickled:
        raise _only_pickles(listing, pickled)
    if missing:
        raise _no_model(listing, missing)


def _missing_parts(listing: Listing, settings: HubSettings) -> list[str]:
    """What keeps the model from being loaded: one file for each part that is not there."""
    names = listing.files.keys()
    missing = [] if CONFIG in names else [CONFIG]
    if not _weights(names):
        missing.append(WEIGHTS)
    elif WEIGHTS not in names and listing.source == "cached files":
        missing += sorted(_indexed_shards(listing.folder(settings)) - names)
    if not has_vocabulary(names):
        missing.append("merges.txt" if "vocab.json" in names else "tokenizer.json")
    return missing


def _indexed_shards(folder: Path) -> set[str]:
    index = folder / WEIGHTS_INDEX
    names = indexed_shards(index.read_bytes())
    if names is None:
        raise InvalidInputError(
            _("The list of the model's weight files cannot be read."),
            code="damaged_file",
            where=str(index),
            expected=_("a name of a file for each weight"),
            remedy=_("Delete this file and the one it points to, then run the same command with the Hub in reach."),
        )
    return set(names)


def _only_pickles(listing: Listing, pickled: list[str]) -> HeptuneError:
    name = listing.repository.repo_id
    return InvalidInputError(
        _("The weights of {name} are there only as pickles, which can run any code when they are opened.", name=name),
        code="pickled_weights",
        where=_("{name} at {commit}", name=name, commit=listing.commit),
        expected=WEIGHTS,
        found=", ".join(pickled),
        remedy=_(
            "Look on its page, among the pull requests, for one that adds safetensors, and name its revision "
            "(refs/pr/N); or ask for one at https://huggingface.co/spaces/safetensors/convert; or, if you trust its "
            "owner, open it with transformers in a throw-away environment, call save_pretrained(FOLDER) on model and "
            "tokenizer, and give the folder."
        ),
    )


def _no_model(listing: Listing, missing: list[str]) -> HeptuneError:
    name = listing.repository.repo_id
    return InvalidInputError(
        _("{name} holds no complete model that transformers can load.", name=name),
        code="incomplete_model",
        where=_("{name} at {commit}", name=name, commit=listing.commit),
        expected=", ".join(missing),
        found=_summary(listing.files),
        remedy=_("Choose a repository that holds config.json, safetensors weights and a tokenizer."),
    )


def _summary(names: Collection[str]) -> str:
    shown = ", ".join(list(names)[:10])
    return shown if len(names) <= 10 else _("{files} and {count} more", files=shown, count=len(names) - 10)


def _licence(listing: Listing, settings: HubSettings) -> str | None:
    """The card is not needed to load a model: where it is out of reach or malformed, the licence is unknown."""
    try:
        readme = fetch_readme(listing, settings)
        return licence_of(read_card(readme)) if readme else None
    except HeptuneError as error:
        if error.code in ("missing_file", "malformed_card", *UNREACHABLE):
            return None
        raise
