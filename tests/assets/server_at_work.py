"""A server in a thread of the test, and a caller that speaks plain HTTP to it."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from heptune.server.app import Application
from heptune.server.listening import open_socket
from heptune.server.models import ServedModel
from heptune.server.running import make_server, serve
from heptune.server.settings import ServerSettings

TOKEN = "a-token-of-the-tests-0123456789"
SETTINGS = ServerSettings(token=TOKEN)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Running:
    """A server at work.

    Attributes:
        port: On 127.0.0.1.
        application: Which answers.
    """

    port: int
    application: Application

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        content: Any = None,
        *,
        body: bytes | None = None,
        token: str | None = TOKEN,
        **headers: str,
    ) -> Reply:
        """Send one request on a connection of its own; a header's name is written with `_`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token}")
        if content is not None:
            body = json.dumps(content).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """Open a bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)


@contextmanager
def running(models: Sequence[ServedModel], settings: ServerSettings = SETTINGS) -> Iterator[Running]:
    """Serve on a free port until the block ends."""
    with open_socket("127.0.0.1", 0) as listener:
        application = Application(models, settings)
        server = make_server(application)
        begun = threading.Event()
        thread = threading.Thread(target=serve, args=(server, listener, begun.set))
        port = listener.getsockname()[1]
        thread.start()
        try:
            assert begun.wait(30)
            yield Running(port, application)
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()
