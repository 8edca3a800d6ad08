"""The description of the interface for programs: OpenAPI, with what the gate asks of every request."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from heptune.i18n import _
from heptune.server.gate import OPEN

SCHEME = "token"
REFUSAL = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
OF_THE_GATE = {
    "403": _("A page of another origin may not ask here.").english,
    "421": _("This server does not go by that name.").english,
}
NO_TOKEN = _("A token is needed: Authorization: Bearer TOKEN.").english


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description; it is made once."""
    if not app.openapi_schema:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schema["components"]["securitySchemes"] = {SCHEME: {"type": "http", "scheme": "bearer"}}
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _add_gate(operation, is_open=(method.upper(), path) in OPEN)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_gate(operation: dict[str, Any], *, is_open: bool) -> None:
    said = OF_THE_GATE if is_open else {"401": NO_TOKEN, **OF_THE_GATE}
    for status, sentence in said.items():
        operation["responses"].setdefault(status, {"description": sentence, "content": REFUSAL})
    # Ours tells the fault in another shape than FastAPI's.
    operation["responses"].get("422", {}).update(content=REFUSAL)
    if not is_open:
        operation["security"] = [{SCHEME: []}]
