"""Which commit a name stands for, and which files the repository holds there: asked once, or known from the cache."""

import glob
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from heptune.errors import Fault, MissingError
from heptune.hub.client import hub_client, silent_bars
from heptune.hub.errors import UNREACHABLE, translated_hub_errors
from heptune.hub.repository import Repository, cached_commit, fixed_commit, is_commit
from heptune.hub.settings import HubSettings
from heptune.i18n import _

if TYPE_CHECKING:
    from huggingface_hub.hf_api import DatasetInfo, ModelInfo, RepoSibling

README = "README.md"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a repository at one commit.

    Attributes:
        repository: The name that was asked for.
        commit: Sha (40 hex digits) that it stands for.
        files: Size of each file in bytes, by its path in the repository.
        blobs: Name of each file's content in the cache, where the Hub said it: by content, so that a file that did not
            change between two commits is not fetched twice.
        source: Who said what the files are: the Hub, its listing kept in the cache, or the cached files themselves.
        resolved_now: The Hub has just said that the revision stands for this commit.
        unreachable: The Hub was asked and did not answer, so that the cache had to do.
    """

    repository: Repository
    commit: str
    files: dict[str, int]
    blobs: dict[str, str]
    source: Literal["hub", "cached listing", "cached files"]
    resolved_now: bool = False
    unreachable: bool = False

    def only(self, names: Collection[str]) -> "Listing":
        """Return the same listing with these files alone."""
        return replace(
            self,
            files={name: self.files[name] for name in names},
            blobs={name: self.blobs[name] for name in names if name in self.blobs},
        )

    def folder(self, settings: HubSettings) -> Path:
        """Return the folder in which the files lie, or will."""
        return self.repository.snapshot_folder(settings.cache, self.commit)


def list_repository(repository: Repository, known_commit: str | None, settings: HubSettings) -> Listing:
    """Resolve `repository` to a commit, unless it is known, and list its files there.

    The cache answers for a known commit, which cannot change, and where the Hub may not or cannot be asked.

    Raises:
        UsageError: the name is malformed.
        MissingError: there is no such repository or revision, or neither the Hub nor the cache can be asked about it.
    """
    _refuse_malformed_name(repository, settings)
    known_commit = known_commit or fixed_commit(repository)
    if known_commit is not None:
        listing = _cached_listing(repository, known_commit, settings)
        if listing is not None:
            return listing
    if settings.offline:
        return _from_cache(repository, known_commit, settings, _not_cached(repository, settings))
    try:
        return _from_hub(repository, known_commit, settings)
    except MissingError as error:
        if error.code not in UNREACHABLE:
            raise
        return replace(_from_cache(repository, known_commit, settings, error), unreachable=True)


def missing_files(listing: Listing, names: Collection[str], settings: HubSettings) -> MissingError:
    """Return the error for files of a cached repository that are not there and cannot be fetched now."""
    folder = listing.folder(settings)
    name, *others = names
    return MissingError(
        _("The file {file} of {name} is not in the Hub's cache.", file=name, name=listing.repository.repo_id),
        code="missing_file",
        where=str(folder),
        remedy=_(
            "Run the same command once with the Hub in reach and without HF_HUB_OFFLINE, or fetch it with: {command}",
            command=_download_command(listing.repository, listing.commit, names),
        ),
        faults=[Fault(str(folder / other), _("missing as well")) for other in others],
    )


def fetch_readme(listing: Listing, settings: HubSettings) -> Path | None:
    """Return the path of the repository's README, fetched if need be; None where the repository holds none.

    Raises:
        MissingError: it is not in the cache and cannot be fetched.
    """
    path = listing.folder(settings) / README
    if path.is_file() or README not in listing.files:
        return path if path.is_file() else None
    if settings.offline or listing.unreachable:
        raise missing_files(listing, [README], settings)
    fetch(listing.only([README]), settings)
    return path


def fetch(listing: Listing, settings: HubSettings) -> None:
    """Download the files of `listing` into the cache; the client keeps the list of all files with them."""
    with translated_hub_errors(listing.repository, settings), hub_client(settings) as client:
        client.snapshot_download(
            listing.repository.repo_id,
            repo_type=listing.repository.kind,
            revision=listing.commit,
            cache_dir=settings.cache,
            etag_timeout=settings.timeout,
            allow_patterns=[glob.escape(name) for name in listing.files],
            tqdm_class=silent_bars(),
        )
    # Where the client cannot list the repository, it takes what is in the cache for the whole of it.
    lost = [name for name in listing.files if not (listing.folder(settings) / name).is_file()]
    if lost:
        raise missing_files(listing, lost, settings)


def _refuse_malformed_name(repository: Repository, settings: HubSettings) -> None:
    # Before the name becomes part of a path or of an address.
    with translated_hub_errors(repository, settings), hub_client(settings):
        from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

        validate_repo_id(repository.repo_id)


def _from_hub(repository: Repository, known_commit: str | None, settings: HubSettings) -> Listing:
    with translated_hub_errors(repository, settings), hub_client(settings) as client:
        info: ModelInfo | DatasetInfo = client.repo_info(  # type: ignore[assignment]
            repository.repo_id,
            repo_type=repository.kind,
            revision=known_commit or repository.revision,
            timeout=settings.timeout,
            files_metadata=True,
        )
        if not is_commit(info.sha or ""):
            raise ValueError
    siblings = [sibling for sibling in info.siblings or [] if _is_within(sibling.rfilename)]
    return Listing(
        repository=repository,
        commit=info.sha or "",
        files={sibling.rfilename: sibling.size or 0 for sibling in siblings},
        blobs={sibling.rfilename: _blob(sibling) for sibling in siblings},
        source="hub",
        resolved_now=known_commit is None,
    )


def _is_within(path: str) -> bool:
    """Whether a path in a repository stays below the folder that it is appended to; a mirror may say anything."""
    return not path.startswith("/") and "\\" not in path and ".." not in path.split("/")


def _blob(sibling: "RepoSibling") -> str:
    # Large files are named by the sha256 of their content, the others by git's sha1.
    return sibling.lfs.sha256 if sibling.lfs is not None else sibling.blob_id or ""


def _from_cache(
    repository: Repository, known_commit: str | None, settings: HubSettings, reason: MissingError
) -> Listing:
    commit = known_commit or cached_commit(repository, settings.cache)
    listing = None
    if commit is not None:
        listing = _cached_listing(repository, commit, settings) or _cached_files(repository, commit, settings)
    if listing is None:
        raise reason
    return listing


def _cached_listing(repository: Repository, commit: str, settings: HubSettings) -> Listing | None:
    """Return the listing that the Hub's client keeps of every snapshot that it has downloaded."""
    from huggingface_hub import get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError

    try:
        with hub_client(settings):
            tree = get_cached_repo_tree(
                repository.repo_id, repo_type=repository.kind, revision=commit, cache_dir=settings.cache
            )
    except CachedRepoTreeNotFoundError:
        return None
    sizes = {file.path: file.size for file in tree if _is_within(file.path)}
    return Listing(repository, commit, files=sizes, blobs={}, source="cached listing")


def _cached_files(repository: Repository, commit: str, settings: HubSettings) -> Listing | None:
    """Return the files that happen to be in the cache: some programs fetch one at a time and keep no listing."""
    folder = repository.snapshot_folder(settings.cache, commit)
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()
    }
    return Listing(repository, commit, files=files, blobs={}, source="cached files") if files else None


def _not_cached(repository: Repository, settings: HubSettings) -> MissingError:
    return MissingError(
        _("The {kind} {name} is not in the Hub's cache.", kind=repository.shown_kind, name=repository.repo_id),
        code="not_cached",
        where=str(repository.cache_folder(settings.cache)),
        expected=_("revision {revision}", revision=repository.revision),
        remedy=_(
            "HF_HUB_OFFLINE is set: run the same command once without it, or fetch it with: {command}. "
            "Where the cache is elsewhere, set HF_HOME.",
            command=_download_command(repository, repository.revision, ()),
        ),
    )


def _download_command(repository: Repository, revision: str, names: Collection[str]) -> str:
    words = ["hf download", repository.repo_id, *names]
    if repository.kind == "dataset":
        words += ["--repo-type dataset"]
    return " ".join([*words, "--revision", revision])
