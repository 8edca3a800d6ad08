"""What every request passes before any route: the name it calls, where it comes from, its token, its size.

Everything needs the token but what `OPEN` names, so a route that somebody adds is closed until they open it.
"""

import hmac
import logging
import time
import traceback
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heptune.i18n import LANGUAGES, _, in_language
from heptune.server.failures import RefusedError, too_many_bytes
from heptune.server.metrics import Metrics
from heptune.server.settings import ServerSettings

# Method and path of what needs no token: static pages, and whether we are there.
OPEN = frozenset(
    ("GET", path)
    for path in (
        "/",
        "/docs",
        "/openapi.json",
        "/static/style.css",
        "/static/server.css",
        "/static/try.js",
        "/health/live",
        "/health/ready",
    )
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
ANSWERS_ARE_NOT_KEPT = (b"cache-control", b"no-store")

logger = logging.getLogger("heptune.server.access")
faults = logging.getLogger("heptune.server.faults")


class Gate:
    """The outermost ASGI application.

    Args:
        app: What is behind it.
        settings: Token, hosts and limits.
        metrics: Where requests are counted.
        check_room: Raises `RefusedError` for the path of a scoring route where too much waits.
        is_draining: Whether connections end with their next answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: ServerSettings,
        metrics: Metrics,
        check_room: Callable[[str], None],
        is_draining: Callable[[], bool],
    ) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._check_room = check_room
        self._is_draining = is_draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        status: int | None = None

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._with_headers(list(message.get("headers", ())))
            await send(message)

        try:
            with in_language(language_of(scope)):
                await self._pass(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 - a fault of ours; its answer is sent
            report(error)
        finally:
            self._note(scope, status or 500, time.perf_counter() - begin)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            self._check(scope, headers)
        except RefusedError as refused:
            await refused.response()(scope, receive, send)
            return
        await self._app(scope, limited(receive, self._settings.max_bytes), send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "")
        if name_of(host) not in self._settings.allowed_hosts and "*" not in self._settings.allowed_hosts:
            raise RefusedError(421, "wrong_host", _("This server does not go by that name."), where="Host")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            raise RefusedError(403, "wrong_origin", _("A page of another origin may not ask here."), where="Origin")
        if (scope["method"], scope["path"]) not in OPEN and not self._shows_token(headers):
            message = _("A token is needed: Authorization: Bearer TOKEN.")
            raise RefusedError(
                401, "no_token", message, where="Authorization", headers={"www-authenticate": 'Bearer realm="heptune"'}
            )
        if scope["method"] == "POST":
            length = headers.get("content-length", "")
            if length.isdigit() and int(length) > self._settings.max_bytes:
                raise too_many_bytes(self._settings.max_bytes)
            self._check_room(scope["path"])

    def _shows_token(self, headers: Headers) -> bool:
        token = self._settings.token
        if token is None:
            return True
        scheme, _space, shown = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())

    def _with_headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers += HEADERS
        if not any(name == b"cache-control" for name, _value in headers):
            headers.append(ANSWERS_ARE_NOT_KEPT)
        if self._is_draining() and not any(name == b"connection" for name, _value in headers):
            headers.append((b"connection", b"close"))
        return headers

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Count it, by the route's pattern: a caller cannot make up new ones."""
        route = getattr(scope.get("route"), "path", "-")
        self._metrics.count_request(route, status, seconds)
        if self._settings.access_log:
            path = scope["path"].encode("unicode_escape").decode()
            logger.info("%s %s %d %.1f ms", scope["method"], path, status, seconds * 1_000)


def report(error: Exception) -> None:
    """Tell the operator where it happened; the error's own sentence might hold a caller's text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-5:]))
    faults.error("internal error %s at %s", type(error).__name__, places)


def limited(receive: Receive, most: int) -> Receive:
    """Return `receive` that refuses the body as soon as it is longer than said, or than allowed.

    Raises:
        RefusedError: by the returned function.
    """
    total = 0

    async def receive_on() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise too_many_bytes(most)
        return message

    return receive_on


def name_of(host: str) -> str:
    """Return the name in a Host header without its port, in lower case; of an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def language_of(scope: Scope) -> str | None:
    """Return the language that the address or the browser asks for; None leaves it to the server's own."""
    query = scope.get("query_string", b"").decode("latin-1")
    for code in LANGUAGES:
        if f"lang={code}" in query.split("&"):
            return code
    wanted = Headers(scope=scope).get("accept-language", "")
    for choice in wanted.lower().split(","):
        for code in LANGUAGES:
            if choice.strip().startswith(code):
                return code
    return None
