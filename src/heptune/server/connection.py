"""Connections with deadlines: uvicorn waits for a request, and for its reader, for ever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Request line and headers.
MOST_HEADER_BYTES = 64 * 1024
NO_MORE = b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits.

    Attributes:
        receive_timeout: Seconds in which a request has to arrive as a whole, from its first byte on or from when the
            connection was opened; and in which its reader has to make room for more of the answer.
        max_connections: Open connections; one more is closed.
    """

    receive_timeout: float
    max_connections: int
    _deadline: asyncio.TimerHandle | None = None
    _reader_deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0
    _in_headers = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count the seconds, or close at once."""
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            transport.abort()
            return
        self._deadline = self.loop.call_later(self.receive_timeout, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no more."""
        self._stop("_deadline")
        self._stop("_reader_deadline")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, if it is not too late."""
        if self._in_headers:
            self._header_bytes += len(data)
            if self._deadline is None:  # the next request of a connection that was kept
                self._deadline = self.loop.call_later(self.receive_timeout, self._too_slow)
        super().data_received(data)
        if self._in_headers and self._header_bytes > MOST_HEADER_BYTES:
            self._end(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """Know that the headers are there."""
        self._in_headers, self._header_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Know that the request is there."""
        self._in_headers = True
        self._stop("_deadline")
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give the reader some time."""
        super().pause_writing()
        self._reader_deadline = self.loop.call_later(self.receive_timeout, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader reads again."""
        self._stop("_reader_deadline")
        super().resume_writing()

    def _too_slow(self) -> None:
        self._end(b"408 Request Timeout")

    def _end(self, status: bytes) -> None:
        """Say why where nothing was said yet, and close; what waits for the body hears that nobody is there."""
        if self.transport.is_closing():
            return
        answered = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if not answered:
            self.transport.write(NO_MORE % status)
        self.transport.close()

    def _stop(self, name: str) -> None:
        timer: Any = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)


def connections_with(*, receive_timeout: float, max_connections: int) -> type[LimitedProtocol]:
    """Return the protocol with these limits."""
    limits = {"receive_timeout": receive_timeout, "max_connections": max_connections}
    return type("Connections", (LimitedProtocol,), limits)
