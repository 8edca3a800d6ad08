"""What the environment says about the Hugging Face Hub, read when it is asked and not once at import."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from heptune.errors import UsageError
from heptune.i18n import _

DEFAULT_ENDPOINT = "https://huggingface.co"
DEFAULT_TIMEOUT = "10"
TRUE_VALUES = {"1", "ON", "YES", "TRUE"}
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Where the Hub is, where its files are kept, and whether it may be asked.

    Attributes:
        endpoint: Address of the Hub or of a mirror, as it is called.
        cache: Folder of the cached repositories.
        offline: No request may be made.
        timeout: Seconds to wait for an answer.
    """

    endpoint: str
    cache: Path
    offline: bool
    timeout: float

    @property
    def shown_endpoint(self) -> str:
        """The endpoint without the user name and password that it may hold, for messages."""
        return _without_credentials(self.endpoint)


def hub_settings() -> HubSettings:
    """Read `HF_ENDPOINT`, `HF_HUB_CACHE`, `HF_HOME`, `HF_HUB_OFFLINE` and `HF_HUB_ETAG_TIMEOUT` as the client does.

    `HF_TOKEN` is not among them: the client itself reads it at every request.

    Raises:
        UsageError: the endpoint is not an address, or the timeout is not a number of seconds.
    """
    return HubSettings(endpoint=_endpoint(), cache=_cache(), offline=_is_offline(), timeout=_timeout())


def _endpoint() -> str:
    endpoint = (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
    if not _is_address(endpoint):
        raise UsageError(
            _("HF_ENDPOINT is not the address of a Hub."),
            code="malformed_endpoint",
            where="HF_ENDPOINT",
            expected=DEFAULT_ENDPOINT,
            found=_without_credentials(endpoint),
            remedy=_("Set HF_ENDPOINT to the address of the Hub or of a mirror, or unset it."),
        )
    return endpoint


def _is_address(endpoint: str) -> bool:
    """Stricter than `urlsplit`: what passes here does not make the HTTP client raise errors outside its own tree."""
    try:
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").encode("idna")
        has_port = parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and has_port and _PRINTABLE.fullmatch(endpoint) is not None


def _cache() -> Path:
    user_cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{user_cache}/huggingface"
    # HUGGINGFACE_HUB_CACHE is the older name that the client still honours.
    cache = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or f"{home}/hub"
    return Path(os.path.expandvars(cache)).expanduser().resolve()


def _is_offline() -> bool:
    value = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return value.upper() in TRUE_VALUES


def _timeout() -> float:
    value = os.environ.get("HF_HUB_ETAG_TIMEOUT") or DEFAULT_TIMEOUT
    if not value.isdecimal():
        raise UsageError(
            _("HF_HUB_ETAG_TIMEOUT is not a number of seconds."),
            code="malformed_timeout",
            where="HF_HUB_ETAG_TIMEOUT",
            expected=DEFAULT_TIMEOUT,
            found=value,
        )
    return float(value)


def _without_credentials(address: str) -> str:
    # Greedy up to the last @, so that a password with an @ or a / in it does not show either.
    return re.sub(r"^([a-zA-Z+.-]+://)?.*@", r"\1", address)
