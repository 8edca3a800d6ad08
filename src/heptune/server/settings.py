"""What a server takes, and how long it waits."""

from dataclasses import dataclass

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Limits and borders of a server.

    Attributes:
        token: What a caller has to show; None where none is asked for.
        allowed_hosts: Names that the Host header may hold, without port, in lower case.
        max_texts: Most texts of a request.
        max_characters: Most characters of a text; longer ones are refused before anything looks at them.
        max_bytes: Most bytes of a request's body.
        deadline: Seconds in which a request is answered, or given up.
        max_wait: Seconds of work that may wait; with more, new requests are refused at once.
        receive_timeout: Seconds in which a request has to arrive as a whole.
        max_connections: Open connections; one more is closed.
        access_log: Write a line for each request, without its texts.
    """

    token: str | None = None
    allowed_hosts: tuple[str, ...] = LOOPBACK_NAMES
    max_texts: int = 256
    max_characters: int = 50_000
    max_bytes: int = 4 * 2**20
    deadline: float = 30.0
    max_wait: float = 2.0
    receive_timeout: float = 10.0
    max_connections: int = 1_000
    access_log: bool = False
