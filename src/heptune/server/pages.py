"""Pages for people: one to try the model, one that describes the interface. They load nothing from elsewhere."""

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from heptune.i18n import LANGUAGES, in_language, language
from heptune.reports.page.rendering import render
from heptune.server.documentation import operations_of, schemas_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {"content-security-policy": POLICY, "cache-control": "no-cache", "vary": "accept-language"}
STATIC = {"style.css": "text/css", "server.css": "text/css", "try.js": "text/javascript"}


def page_routes(openapi: Callable[[], dict[str, Any]]) -> APIRouter:
    """Return the routes of the pages; `openapi` gives the description of the interface."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def try_it(_request: Request) -> Response:
        return HTMLResponse(_try_page(language()), headers=PAGE_HEADERS)

    @cache
    def documentation(code: str) -> str:
        description = openapi()
        with in_language(code):
            return render("server_docs.html", operations=operations_of(description), schemas=schemas_of(description))

    @routes.get("/docs")
    async def docs(_request: Request) -> Response:
        return HTMLResponse(documentation(language()), headers=PAGE_HEADERS)

    for name, kind in STATIC.items():
        routes.add_api_route(f"/static/{name}", _static(name, kind), methods=["GET"])
    return routes


@cache
def _try_page(code: str) -> str:
    with in_language(code):
        return render("server_try.html", languages=LANGUAGES)


def _static(name: str, kind: str) -> Callable[[], Any]:
    async def send() -> Response:
        return Response(_resource(name), media_type=kind, headers={"cache-control": "no-cache"})

    return send


@cache
def _resource(name: str) -> bytes:
    return resources.files("heptune").joinpath("resources", "page", name).read_bytes()
