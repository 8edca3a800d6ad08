"""The one place where exceptions of the Hub's client, of HTTP and of the disk become ours."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from heptune.errors import HeptuneError, MissingError, ResourceError, UsageError
from heptune.hub.repository import Repository
from heptune.hub.settings import HubSettings
from heptune.i18n import _

# Faults after which the cache may still know the answer.
UNREACHABLE = ("no_network", "hub_unavailable", "not_a_hub")

Describe = Callable[[BaseException, Repository, HubSettings], HeptuneError]


@contextmanager
def translated_hub_errors(repository: Repository, settings: HubSettings) -> Iterator[None]:
    """Turn what goes wrong while `repository` is asked for into a HeptuneError.

    Raises:
        UsageError: the name of the repository is malformed.
        MissingError: the repository, revision, file or the Hub itself cannot be reached.
        ResourceError: the disk is full or the cache does not let us write.
    """
    try:
        yield
    except _foreign_errors() as error:
        raise _translate(error, repository, settings) from error


def _foreign_errors() -> tuple[type[Exception], ...]:
    # hf_xet, which fetches large files, raises RuntimeError; what is no answer of a Hub ends in ValueError or KeyError.
    return (OSError, ValueError, KeyError, RuntimeError, AttributeError, _http_error())


def _http_error() -> type[Exception]:
    # The root of the HTTP client's errors: httpx up to huggingface_hub 1, httpx2 since 2.
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    return cast("type[Exception]", HTTPError)


def _translate(error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    from huggingface_hub import errors as hub

    if isinstance(error, hub.LocalEntryNotFoundError) and error.__cause__ is not None:
        return _translate(error.__cause__, repository, settings)
    # The first kind that fits, the narrower ones before their parents.
    kinds: tuple[tuple[type[Exception], Describe], ...] = (
        (hub.HFValidationError, _malformed_name),
        (hub.GatedRepoError, _gated),
        (hub.DisabledRepoError, _disabled),
        (hub.RepositoryNotFoundError, _repository_not_found),
        (hub.RevisionNotFoundError, _revision_not_found),
        (hub.RemoteEntryNotFoundError, _download_failed),
        (hub.HfHubHTTPError, _refused),
        (hub.FileMetadataError, _not_a_hub),
        (_http_error(), _no_network),
        (AttributeError, _no_network),
        (RuntimeError, _no_network if _is_closed_session(error) else _download_failed),
        (OSError, _disk),
        (UnicodeEncodeError, _token_refused),
        (ValueError, _not_a_hub),
        (KeyError, _not_a_hub),
    )
    describe = next((describe for kind, describe in kinds if isinstance(error, kind)), _download_failed)
    return describe(error, repository, settings)


def _is_closed_session(error: BaseException) -> bool:
    """Whether another download thread closed the shared session: after a failed connection, the client does so.

    The thread that is about to use it then meets None (an AttributeError), or this RuntimeError.
    """
    return isinstance(error, RuntimeError) and "client has been closed" in str(error)


def _malformed_name(_error: BaseException, repository: Repository, _settings: HubSettings) -> HeptuneError:
    return UsageError(
        _("This cannot be the name of a {kind} on the Hub.", kind=repository.shown_kind),
        code="malformed_name",
        expected=_("owner/name, in letters, digits, hyphens, underscores and dots"),
        found=repository.repo_id,
        remedy=_("Where a local file or folder is meant, check that its path exists."),
    )


def _repository_not_found(_error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    return MissingError(
        _("The Hub shows us no {kind} {name}.", kind=repository.shown_kind, name=repository.repo_id),
        code="repository_not_found",
        where=settings.shown_endpoint,
        remedy=_("Check the spelling. Where it is private, set HF_TOKEN to a valid token that may read it."),
    )


def _gated(_error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    page = repository.page(settings.shown_endpoint)
    return MissingError(
        _("Access to {name} has to be requested from its owner first.", name=repository.repo_id),
        code="gated_repository",
        where=page,
        remedy=_("Accept its conditions on {page}, then set HF_TOKEN to a token of that account.", page=page),
    )


def _disabled(_error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    return MissingError(
        _("The Hub has disabled {name}.", name=repository.repo_id),
        code="repository_disabled",
        where=repository.page(settings.shown_endpoint),
        remedy=_("Choose another {kind}.", kind=repository.shown_kind),
    )


def _revision_not_found(_error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    page = repository.page(settings.shown_endpoint)
    return MissingError(
        _("{name} has no revision {revision}.", name=repository.repo_id, revision=repository.revision),
        code="revision_not_found",
        where=page,
        expected=_("a branch, a tag or a commit"),
        found=repository.revision,
        remedy=_("See its revisions on {page}.", page=page),
    )


def _refused(error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    if status == 401 and "credentials" in getattr(response, "headers", {}).get("X-Error-Message", ""):
        return _token_refused(error, repository, settings)
    if status in (401, 403, 404):
        return _repository_not_found(error, repository, settings)
    return MissingError(
        _("The Hub answered with HTTP status {status}.", status=status),
        code="hub_unavailable",
        where=settings.shown_endpoint,
        remedy=_("Try again later, or set HF_ENDPOINT to a mirror. What is in the cache works with HF_HUB_OFFLINE=1."),
    )


def _token_refused(_error: BaseException, _repository: Repository, settings: HubSettings) -> HeptuneError:
    return MissingError(
        _("The token is not valid on this Hub."),
        code="invalid_token",
        where=settings.shown_endpoint,
        remedy=_(
            "Set HF_TOKEN to a valid token. Public repositories need none: unset it, and log out with `hf auth logout`."
        ),
    )


def _no_network(error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    if "Bearer" in str(error):
        # A token with a line break or the like is no HTTP header; the client's message would show it.
        return _token_refused(error, repository, settings)
    return MissingError(
        _("The Hub cannot be reached."),
        code="no_network",
        where=settings.shown_endpoint,
        found=f"{type(error).__name__} {error}".strip(),
        remedy=_(
            "Check the network and the proxy (HTTPS_PROXY). Where the Hub is blocked, set HF_ENDPOINT to a mirror. "
            "What is in the cache works with HF_HUB_OFFLINE=1."
        ),
    )


def _not_a_hub(_error: BaseException, _repository: Repository, settings: HubSettings) -> HeptuneError:
    return MissingError(
        _("What answers at this address is not a Hugging Face Hub."),
        code="not_a_hub",
        where=settings.shown_endpoint,
        remedy=_("Check HF_ENDPOINT, and that no proxy or log-in page answers in the Hub's place."),
    )


def _disk(error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    if not isinstance(error, OSError) or error.errno is None:
        return _download_failed(error, repository, settings)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return disk_full(settings)
    return ResourceError(
        _("Cannot write to the Hub's cache: {reason}.", reason=error.strerror or str(error)),
        code="not_writable",
        where=str(error.filename or settings.cache),
        remedy=_("Change the folder's permissions, or set HF_HOME to a folder that can be written to."),
    )


def disk_full(settings: HubSettings, *, needed: int | None = None, free: int | None = None) -> ResourceError:
    """Return the error for a download that does not fit on the disk; `needed` and `free` in bytes."""
    return ResourceError(
        _("The disk is too full for this download."),
        code="disk_full",
        where=str(settings.cache),
        expected="" if needed is None else _("{megabytes:,.0f} MB free", megabytes=needed / 1e6),
        found="" if free is None else _("{megabytes:,.0f} MB free", megabytes=free / 1e6),
        remedy=_("Free some space, or set HF_HOME to a folder on another disk."),
    )


def _download_failed(error: BaseException, repository: Repository, settings: HubSettings) -> HeptuneError:
    return MissingError(
        _("The download of {name} broke off.", name=repository.repo_id),
        code="download_failed",
        where=repository.page(settings.shown_endpoint),
        found=type(error).__name__,
        remedy=_("Run the same command again; whole files are kept. HF_HUB_DISABLE_XET=1 takes a plainer way."),
    )
