"""A repository of the Hub, and where its files lie in the Hub's cache on this machine.

The cache's layout is public: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from heptune.errors import ResourceError, UsageError
from heptune.i18n import _
from heptune.storage.artifacts import make_folder, write_text

RepositoryKind = Literal["model", "dataset"]

DEFAULT_REVISION = "main"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[\w.+-]+(/[\w.+-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Repository:
    """A name on the Hub.

    Attributes:
        kind: What it holds.
        repo_id: `owner/name`, or a bare name of the Hub's early days.
        revision: Branch, tag or commit that was asked for.
    """

    kind: RepositoryKind
    repo_id: str
    revision: str = DEFAULT_REVISION

    @property
    def shown_kind(self) -> str:
        """The kind as a word for messages."""
        return _("model") if self.kind == "model" else _("data set")

    def page(self, endpoint: str) -> str:
        """Return the address of the repository's page."""
        return f"{endpoint}/{'datasets/' if self.kind == 'dataset' else ''}{self.repo_id}"

    def cache_folder(self, cache: Path) -> Path:
        """Return the folder of all its cached files."""
        return cache / "--".join([f"{self.kind}s", *self.repo_id.split("/")])

    def snapshot_folder(self, cache: Path, commit: str) -> Path:
        """Return the folder of its cached files at one commit."""
        return self.cache_folder(cache) / "snapshots" / commit

    def ref_file(self, cache: Path) -> Path:
        """Return the file that says which commit the revision stood for when it was last asked."""
        return self.cache_folder(cache) / "refs" / self.revision


def repository_of(kind: RepositoryKind, name: str, revision: str | None, known_commit: str | None) -> Repository:
    """Return the repository that the user means.

    Raises:
        UsageError: the revision cannot be a branch, a tag or a commit, or the known commit is not a full sha
            (`code="malformed_revision"`).
    """
    if revision is not None and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise _malformed_revision(revision, _("a branch, a tag or a commit"))
    if known_commit is not None and not is_commit(known_commit):
        raise _malformed_revision(known_commit, _("the 40 hexadecimal digits of a commit"))
    return Repository(kind, name, revision or DEFAULT_REVISION)


def _malformed_revision(found: str, expected: str) -> UsageError:
    return UsageError(_("This cannot be a revision."), code="malformed_revision", expected=expected, found=found)


def is_commit(revision: str) -> bool:
    """Whether `revision` is a full commit sha, which never stands for anything else."""
    return _COMMIT.fullmatch(revision) is not None


def fixed_commit(repository: Repository) -> str | None:
    """Return the revision where it is a commit itself, so that nobody has to be asked what it stands for."""
    return repository.revision if is_commit(repository.revision) else None


def cached_commit(repository: Repository, cache: Path) -> str | None:
    """Return the commit that the revision stood for when it was last downloaded, None where it never was."""
    ref = repository.ref_file(cache)
    commit = ref.read_text(encoding="utf-8", errors="replace").strip() if ref.is_file() else ""
    return commit if is_commit(commit) else None


def remember_commit(repository: Repository, commit: str, cache: Path) -> None:
    """Note in the cache which commit the revision stands for, so that the name can be resolved offline."""
    if commit == cached_commit(repository, cache):
        return
    # A shared cache may be read-only: this run has its files, only a later one offline would need the note.
    with suppress(ResourceError):
        ref = repository.ref_file(cache)
        make_folder(ref.parent)
        write_text(ref, commit)
