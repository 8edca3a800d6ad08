"""Refusals: one shape for every route, which the clients of Hugging Face and TEI can read."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from heptune.errors import HeptuneError, MissingError, ResourceError
from heptune.i18n import Sentence, _


class RefusedError(HTTPException):
    """A request that gets no answer.

    Args:
        status: Of HTTP.
        code: Short name of the kind of fault, for programs.
        message: One sentence in the caller's language.
        index: Which text of the request; None where it is not about one.
        where: Which part of the request.
        headers: To send with it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: Sentence | str,
        *,
        index: int | None = None,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, str(message), dict(headers or {}))
        self.content = {"error": str(message), "error_type": code, "index": index, "where": where}

    def response(self) -> JSONResponse:
        """Return what is sent."""
        return JSONResponse(self.content, self.status_code, self.headers)


def overloaded(seconds: int) -> RefusedError:
    """Refuse as too much waits already; `seconds` is when to ask again."""
    message = _("More texts wait than can be answered in time. Ask again later.")
    return RefusedError(429, "overloaded", message, headers={"retry-after": str(seconds)})


def too_many_bytes(most: int) -> RefusedError:
    """Refuse a body; the connection is closed, so that the rest of it need not be read."""
    message = _("The request has more than {count} bytes.", count=most)
    return RefusedError(413, "too_many_bytes", message, headers={"connection": "close"})


def of_heptune(error: HeptuneError) -> RefusedError:
    """Refuse for what the model said while it scored."""
    if isinstance(error, ResourceError | MissingError):
        return RefusedError(503, error.code, error.message, headers={"retry-after": "5"})
    return RefusedError(500, error.code, error.message)


def of_validation(errors: Any) -> RefusedError:  # noqa: ANN401 - pydantic's list of faults
    """Refuse a body that does not fit its schema; what was sent is not said again."""
    first = errors[0]
    place = [part for part in first["loc"] if isinstance(part, int) or str(part).isidentifier()]
    index = next((part for part in place if isinstance(part, int)), None)
    if first["type"] == "json_invalid":
        return RefusedError(400, "no_json", _("The body is not JSON."))
    where = ".".join(map(str, place))
    message = _("The request is not as it must be: {where}: {reason}", where=where, reason=first["msg"])
    return RefusedError(422, "bad_request", message, index=index, where=where)
