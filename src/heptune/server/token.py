"""What a caller has to show, and when none may be made or left out."""

import ipaddress
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from heptune.errors import UsageError
from heptune.i18n import _
from heptune.storage.artifacts import translated_read_errors

VARIABLE = "HEPTUNE_TOKEN"
# As a header can carry it; shorter ones can be guessed.
TOKEN = re.compile(r"[!-~]{16,512}")


@dataclass(frozen=True, slots=True)
class ChosenToken:
    """The token of a server.

    Attributes:
        token: None where none is asked for.
        made: Whether it is new, and has to be told to whoever started the server.
    """

    token: str | None
    made: bool = False


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches what listens there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def choose_token(*, host: str, file: Path | None, without: bool, at_terminal: bool) -> ChosenToken:
    """Take the token from a file or the environment, or make one where only this machine and its user see it.

    Args:
        host: Where the server listens.
        file: With the token alone; None for none.
        without: Nobody has to show one.
        at_terminal: Whether a person reads what we print.

    Raises:
        UsageError: there is none, it is too short, or none is wanted where others reach the server.
        InvalidInputError: the file cannot be read.
    """
    given = os.environ.get(VARIABLE)
    if without:
        return _without(host, given=VARIABLE if given else "--token-file" if file else None)
    if file is not None:
        with translated_read_errors(file):
            return ChosenToken(_checked(file.read_bytes().decode("ascii", "replace").strip(), str(file)))
    if given:
        return ChosenToken(_checked(given, VARIABLE))
    if is_loopback(host) and at_terminal:
        return ChosenToken(secrets.token_urlsafe(32), made=True)
    raise UsageError(
        _("The server needs a token."),
        code="no_token",
        where=host,
        expected=_("one in a file or in {variable}", variable=VARIABLE),
        found=_("none; one is made only for a terminal, where only this machine reaches the server"),
        remedy=_("Give --token-file FILE, or set {variable}.", variable=VARIABLE),
    )


def _without(host: str, *, given: str | None) -> ChosenToken:
    if given:
        raise UsageError(
            _("There is a token, and none is wanted."),
            code="contradiction",
            where="--no-token",
            found=given,
            remedy=_("Leave out one of the two."),
        )
    if not is_loopback(host):
        raise UsageError(
            _("Without a token a server answers this machine alone."),
            code="open_server",
            where="--no-token",
            expected="--host 127.0.0.1",
            found=host,
            remedy=_("Leave out --no-token, or listen on 127.0.0.1."),
        )
    return ChosenToken(None)


def _checked(token: str, where: str) -> str:
    if not TOKEN.fullmatch(token):
        raise UsageError(
            _("This is no token."),
            code="bad_token",
            where=where,
            expected=_("16 to 512 letters, digits and signs of ASCII, without spaces"),
            found=_("{count} characters", count=len(token)),
            remedy=_("Make one: openssl rand -hex 32"),
        )
    return token
