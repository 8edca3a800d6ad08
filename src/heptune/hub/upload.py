"""A folder onto the Hub: as one commit, private unless asked otherwise."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heptune.errors import UsageError
from heptune.hub.client import hub_client
from heptune.hub.errors import translated_hub_errors
from heptune.hub.repository import Repository, repository_of
from heptune.hub.settings import HubSettings, hub_settings
from heptune.i18n import _

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Where a folder lies on the Hub.

    Attributes:
        repo_id: `owner/name`.
        commit: Sha (40 hex digits) by which it is got again, whatever comes after it.
        page: Address of the repository's page.
        private: Whether none but its owner sees it.
    """

    repo_id: str
    commit: str
    page: str
    private: bool


def upload_folder(folder: Path, name: str, *, public: bool, message: str) -> Uploaded:
    """Make the repository where there is none, and put the folder's content in the place of what it holds.

    Args:
        folder: What is uploaded.
        name: `owner/name` of a model repository.
        public: Whether everybody may see it.
        message: Of the commit.

    Raises:
        UsageError: the name is malformed, the Hub may not be asked, or the repository is public and that was not asked.
        MissingError: the Hub cannot be reached, or does not let us write.
    """
    settings, repository = hub_settings(), repository_of("model", name, None, None)
    if settings.offline:
        raise UsageError(
            _("Nothing can be uploaded while the Hub may not be asked."),
            code="offline",
            where="HF_HUB_OFFLINE",
            remedy=_("Unset it."),
        )
    with translated_hub_errors(repository, settings), hub_client(settings) as client:
        private = _make_repository(client, repository, settings, public=public)
        commit = client.upload_folder(repo_id=name, folder_path=folder, commit_message=message, delete_patterns=["*"])
        return Uploaded(name, str(commit.oid), repository.page(settings.shown_endpoint), private)


def _make_repository(client: "HfApi", repository: Repository, settings: HubSettings, *, public: bool) -> bool:
    """Return whether it is private.

    Raises:
        UsageError: it is there and public, and that was not asked for.
    """
    client.create_repo(repository.repo_id, private=not public, exist_ok=True)
    private = bool(client.model_info(repository.repo_id).private)
    if not private and not public:
        raise UsageError(
            _("This repository is public: everybody could see what is uploaded."),
            code="public_repository",
            where=repository.page(settings.shown_endpoint),
            remedy=_("Make it private on its page, name another one, or say --public."),
        )
    return private
