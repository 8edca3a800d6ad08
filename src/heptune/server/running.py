"""The server's process: its socket, its connections, and how it ends without losing an answer."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

import uvicorn

from heptune.server.app import Application
from heptune.server.connection import connections_with
from heptune.server.listening import take_no_more

# Seconds in which connections that are in use end with their next answer, before no more are taken.
LEAVE_TAKING = 0.5
# Seconds in which those arrive that had begun to.
ARRIVING = 0.3
# Longer than a proxy in front keeps an idle connection, see the guide.
KEEP_ALIVE = 30
BACKLOG = 2_048


class DrainingServer(uvicorn.Server):
    """Ends in three stages: answers tell their connections to close, no more are taken, what was accepted is answered.

    Args:
        config: Of uvicorn.
        application: Which is told that it drains.
    """

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application
        self._asked_at: float | None = None
        self._takes_no_more = False
        self._listeners: list[socket.socket] = []
        self.signal: int | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; the second signal ends at once."""
        if self.signal is not None:
            self.should_exit = self.force_exit = True
            return
        self.signal = sig
        self._asked_at = time.monotonic()
        self._application.service.draining = True

    async def live(self, listener: socket.socket, started: Callable[[], None]) -> None:
        """Serve from the first pass of the models to the last answer."""
        self._listeners = [listener]
        async with self._application.at_work():
            serving = asyncio.create_task(self.serve(sockets=[listener]))
            while not self.started and not serving.done():
                await asyncio.sleep(0.01)
            if not serving.done():
                started()
            await serving

    async def on_tick(self, counter: int) -> bool:
        """Let connections in use leave, then let nobody new arrive, then end."""
        if self._asked_at is not None:
            seconds = time.monotonic() - self._asked_at
            if seconds >= LEAVE_TAKING and not self._takes_no_more:
                self._takes_no_more = True
                for one in self._listeners:
                    take_no_more(one)
            self.should_exit = self.should_exit or seconds >= LEAVE_TAKING + ARRIVING
        return await super().on_tick(counter)


def make_server(application: Application) -> DrainingServer:
    """Return a server that is not yet started."""
    settings = application.service.settings
    config = uvicorn.Config(
        application,
        http=connections_with(receive_timeout=settings.receive_timeout, max_connections=settings.max_connections),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(settings.deadline + settings.receive_timeout) + 1,
        backlog=BACKLOG,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    return DrainingServer(config, application)


def serve(server: DrainingServer, listener: socket.socket, started: Callable[[], None]) -> int:
    """Serve until a signal asks to end and what was accepted is answered; return its number.

    Args:
        server: Not yet started.
        listener: A bound socket.
        started: Called when requests are taken.

    Raises:
        HeptuneError: a model cannot score.
    """
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.live(listener, started))
    return server.signal or signal.SIGTERM
