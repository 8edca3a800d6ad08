"""The application: models, their lines, routes, and the gate before them."""

import asyncio
import functools
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from heptune.i18n import _
from heptune.server.batching import Batcher
from heptune.server.description import describe
from heptune.server.failures import RefusedError, of_validation
from heptune.server.gate import Gate
from heptune.server.metrics import Metrics
from heptune.server.models import ServedModel
from heptune.server.pages import page_routes
from heptune.server.routes import first_model_routes, named_model_routes, server_routes
from heptune.server.service import Service
from heptune.server.settings import ServerSettings


class Application:
    """The whole as an ASGI application.

    Args:
        models: To serve; the bare routes are those of the first.
        settings: Limits and borders.
    """

    def __init__(self, models: Sequence[ServedModel], settings: ServerSettings) -> None:
        # One thread for all models: the cores are busy with one pass already.
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        metrics = Metrics()
        batchers = {model.name: self._line_of(model, settings, metrics) for model in models}
        self.service = Service(settings, {model.name: model for model in models}, batchers, metrics)
        self.fastapi = self._routes()
        self._gate = Gate(
            self.fastapi,
            settings=settings,
            metrics=metrics,
            check_room=self.service.check_room,
            is_draining=lambda: self.service.draining,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._gate(scope, receive, send)

    def _line_of(self, model: ServedModel, settings: ServerSettings, metrics: Metrics) -> Batcher:
        batcher = Batcher(
            model.predictor.predict,
            self._worker,
            max_tokens=model.predictor.info.max_length,
            max_wait=settings.max_wait,
            on_pass=functools.partial(metrics.count_pass, model.name),
        )
        metrics.watch(model.name, batcher)
        return batcher

    def _routes(self) -> FastAPI:
        app = FastAPI(title="Heptune", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
        app.include_router(first_model_routes(self.service))
        app.include_router(named_model_routes(self.service))
        app.include_router(server_routes(self.service))
        app.include_router(page_routes(functools.partial(describe, app)))
        app.openapi = functools.partial(describe, app)  # type: ignore[method-assign]
        app.add_exception_handler(HTTPException, _refuse)
        app.add_exception_handler(RequestValidationError, _refuse_body)
        app.add_exception_handler(Exception, _refuse_for_a_fault)
        return app

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Know each model's pace, then score what comes; afterwards stop the lines, which are empty then.

        Raises:
            HeptuneError: a model cannot score.
        """
        lines = []
        for name, batcher in self.service.batchers.items():
            golden = [one.text for one in self.service.models[name].predictor.info.golden]
            await batcher.warm_up(golden or ["a text"])
            lines.append(asyncio.create_task(batcher.run()))
        try:
            yield
        finally:
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)
            self._worker.shutdown()


async def _refuse(_request: Request, error: Any) -> Response:  # noqa: ANN401 - starlette's signature is wider
    """Answer with our shape also what starlette refuses by itself."""
    if isinstance(error, RefusedError):
        return error.response()
    said = {
        400: ("no_json", _("The body is not JSON.")),
        404: ("no_route", _("There is nothing here.")),
        405: ("wrong_method", _("Not with this method.")),
    }
    code, message = said.get(error.status_code, ("bad_request", _("The request cannot be read.")))
    return RefusedError(error.status_code, code, message, headers=error.headers).response()


async def _refuse_body(_request: Request, error: Any) -> Response:  # noqa: ANN401
    return of_validation(error.errors()).response()


async def _refuse_for_a_fault(_request: Request, _error: Exception) -> Response:
    """Answer; starlette raises the error again, and the gate reports it."""
    message = _("Something went wrong inside. It is in the server's log.")
    return RefusedError(500, "internal_error", message).response()
