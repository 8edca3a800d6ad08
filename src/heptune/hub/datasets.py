"""Data sets by name: resolved to a commit once, their files sorted into splits as the Hub sorts them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from heptune.errors import HeptuneError, InvalidInputError, MissingError
from heptune.hub.card import Card, licence_of, read_card
from heptune.hub.configurations import (
    PARQUET_BRANCH,
    Configuration,
    choose_configuration,
    configurations_of_card,
    configurations_of_parquet_branch,
)
from heptune.hub.download import Announce, download
from heptune.hub.listing import Listing, fetch_readme, list_repository
from heptune.hub.repository import repository_of
from heptune.hub.settings import HubSettings, hub_settings
from heptune.hub.split_files import SplitFiles, files_by_split
from heptune.i18n import _
from heptune.schemas.data_files import FORMATS


@dataclass(frozen=True, slots=True)
class HubDataset:
    """A data set of the Hub at one commit.

    Attributes:
        listing: Where it is and which of its files are needed.
        licence: As its card states it; None where it states none.
        files: Paths in the repository of each split's files, in reading order. Validation rows are called
            `validation` whatever the data set calls them; other splits keep their name.
    """

    listing: Listing
    licence: str | None
    files: SplitFiles

    @property
    def repo_id(self) -> str:
        """The name that was asked for."""
        return self.listing.repository.repo_id

    @property
    def commit(self) -> str:
        """Sha (40 hex digits) that the name stands for."""
        return self.listing.commit


def resolve_dataset(
    name: str, *, configuration: str | None = None, revision: str | None = None, known_commit: str | None = None
) -> HubDataset:
    """Find out which commit a data set's name stands for, and which files make up its splits.

    Args:
        name: `owner/name` on the Hub.
        configuration: Which of its tables; the default or only one unless given.
        revision: Branch, tag or commit; the main branch unless given.
        known_commit: What the name was resolved to before; the Hub is not asked again.

    Raises:
        UsageError: the name or revision is malformed, or a configuration has to be chosen.
        MissingError: the Hub has no such data set or cannot be reached, and the cache does not hold it either.
        InvalidInputError: the repository holds no data files that can be read, or its card is malformed.
    """
    settings = hub_settings()
    listing = list_repository(repository_of("dataset", name, revision, known_commit), known_commit, settings)
    if listing.source == "cached files":
        # Without the list of all its files nobody can tell whether a split is complete.
        raise _unlisted(listing, settings)
    card = _card(listing, settings)
    chosen = choose_configuration(_configurations(listing, card), configuration, name)
    files = files_by_split(listing.files, chosen, _where(listing))
    if not files:
        raise _no_data(listing, chosen)
    needed = {path for paths in files.values() for path in paths}
    return HubDataset(
        listing=listing.only([path for path in listing.files if path in needed]),
        licence=licence_of(card),
        files=files,
    )


def download_dataset(dataset: HubDataset, announce: Announce) -> dict[str, tuple[Path, ...]]:
    """Bring the files of `dataset` into the cache and return their local paths by split.

    Args:
        dataset: From `resolve_dataset`.
        announce: Called with the number of bytes to fetch before the first one is; not at all when all is there.

    Raises:
        MissingError: a file is not in the cache and the Hub may not or cannot be asked for it.
        InvalidInputError: a file in the cache is damaged.
        ResourceError: the disk is full, or the cache does not let us write.
    """
    folder = download(dataset.listing, announce, hub_settings())
    return {split: tuple(folder / path for path in paths) for split, paths in dataset.files.items()}


def _unlisted(listing: Listing, settings: HubSettings) -> MissingError:
    return MissingError(
        _("The Hub's cache holds files of {name}, but not the list of all its files.", name=listing.repository.repo_id),
        code="not_cached",
        where=str(listing.folder(settings)),
        remedy=_("Run the same command once with the Hub in reach and without HF_HUB_OFFLINE."),
    )


def _card(listing: Listing, settings: HubSettings) -> Card:
    readme = fetch_readme(listing, settings)
    return read_card(readme) if readme else {}


def _configurations(listing: Listing, card: Card) -> list[Configuration]:
    if listing.repository.revision == PARQUET_BRANCH:
        return configurations_of_parquet_branch(listing.files)
    return configurations_of_card(card, _where(listing))


def _where(listing: Listing) -> str:
    return _("{name} at {commit}", name=listing.repository.repo_id, commit=listing.commit)


def _no_data(listing: Listing, configuration: Configuration) -> HeptuneError:
    name = listing.repository.repo_id
    if any(path.endswith(".py") for path in listing.files) and not configuration.patterns:
        return InvalidInputError(
            _("{name} consists of a loading script, and scripts from the Hub are never run.", name=name),
            code="loading_script",
            where=_where(listing),
            remedy=_(
                "Ask for the copy without a script that the Hub makes of most data sets: revision {revision}.",
                revision=PARQUET_BRANCH,
            ),
        )
    patterns = [pattern for wanted in configuration.patterns.values() for pattern in wanted]
    return InvalidInputError(
        _("{name} holds no data files that can be read here.", name=name),
        code="no_data_files",
        where=_where(listing),
        expected=_("files that end in {endings}", endings=", ".join(sorted(FORMATS))),
        found=_("for the patterns {patterns}: none", patterns=", ".join(patterns))
        if patterns
        else _found(listing.files),
        remedy=_("Download the files yourself, convert them, and give their paths."),
    )


def _found(paths: Collection[str]) -> str:
    endings = sorted({PurePosixPath(path).suffix or PurePosixPath(path).name for path in paths})
    return ", ".join(endings[:20]) or _("an empty repository")
