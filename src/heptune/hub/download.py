"""Fetching the files of a listing into the Hub's cache: only those, at that commit, and said before it starts."""

import shutil
from collections.abc import Callable
from pathlib import Path

from heptune.errors import InvalidInputError
from heptune.hub.errors import disk_full
from heptune.hub.listing import Listing, fetch, missing_files
from heptune.hub.repository import remember_commit
from heptune.hub.settings import HubSettings
from heptune.i18n import _

Announce = Callable[[int], None]


def download(listing: Listing, announce: Announce, settings: HubSettings) -> Path:
    """Bring the files of `listing` into the cache and return the folder in which they lie.

    Args:
        listing: The files that are needed, and no others.
        announce: Called with the number of bytes to fetch, before the first one is; not at all when there are none.
        settings: Where the Hub and its cache are.

    Raises:
        MissingError: a file is not in the cache and cannot be fetched.
        InvalidInputError: a file in the cache is damaged.
        ResourceError: the disk is full, or the cache does not let us write.
    """
    folder = listing.folder(settings)
    missing = [name for name in listing.files if not (folder / name).is_file()]
    if missing:
        if settings.offline or listing.unreachable:
            raise missing_files(listing, missing, settings)
        size = sum(listing.files[name] for name in missing if not _blob_is_cached(listing, name, settings))
        _refuse_full_disk(size, settings)
        if size:
            announce(size)
        fetch(listing.only(missing), settings)
    _refuse_damage(listing, folder)
    if listing.resolved_now:
        remember_commit(listing.repository, listing.commit, settings.cache)
    return folder


def _blob_is_cached(listing: Listing, name: str, settings: HubSettings) -> bool:
    blob = listing.blobs.get(name)
    return bool(blob) and (listing.repository.cache_folder(settings.cache) / "blobs" / str(blob)).is_file()


def _refuse_full_disk(size: int, settings: HubSettings) -> None:
    existing = next(folder for folder in (settings.cache, *settings.cache.parents) if folder.is_dir())
    free = shutil.disk_usage(existing).free
    if free < size:
        raise disk_full(settings, needed=size, free=free)


def _refuse_damage(listing: Listing, folder: Path) -> None:
    for name, size in listing.files.items():
        found = (folder / name).stat().st_size
        if found != size:
            raise InvalidInputError(
                _("A file in the Hub's cache is damaged."),
                code="damaged_file",
                where=str(folder / name),
                expected=_("{count:,} bytes", count=size),
                found=_("{count:,} bytes", count=found),
                remedy=_("Delete this file and the one it points to, then run the same command again."),
            )
