"""Templates to pages: everything foreign is escaped, and a page may load and run nothing."""

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from heptune.errors import UsageError
from heptune.i18n import _, language
from heptune.reports.page.figures import decimal, percent, percent_interval
from heptune.reports.tables import visible

ENDINGS = (".html", ".htm")
# Stands at the beginning of every page of ours.
MARK, MARK_WITHIN = b'<meta name="generator" content="Heptune">', 2_000
# As HTML names them.
LANGUAGE_TAGS = {"en": "en", "zh": "zh-CN"}


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - what the template names
    """Return a page.

    Args:
        template: Its file's name.
        values: By the names that the template uses.
    """
    style = _read("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The sheet is ours; that of a page is the one thing in it that is not escaped.
    page = {"style": Markup(style), "style_digest": digest, "language": LANGUAGE_TAGS[language()]}  # noqa: S704
    return _environment().get_template(template).render(**page, **values)


def check_place(path: Path) -> None:
    """Refuse to write a page under another name than a page's, or over something else than a page of ours.

    Raises:
        UsageError: naming the place.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            _("A page has the name of one."),
            code="no_page",
            where=str(path),
            expected=_("a name that ends with {suffixes}", suffixes=", ".join(ENDINGS)),
            remedy=_("Name another file."),
        )
    if path.is_file() and MARK not in path.read_bytes()[:MARK_WITHIN]:
        raise UsageError(
            _("There is something at this place already."),
            code="exists",
            where=str(path),
            expected=_("a new file, or a page that Heptune wrote"),
            remedy=_("Name another place."),
        )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_Package(),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters |= {"percent": percent, "interval": percent_interval, "decimal": decimal}
    return environment


class _Package(BaseLoader):
    """Reads templates that come with the package."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        try:
            return _read(template), None, None
        except FileNotFoundError as error:
            raise TemplateNotFound(template) from error


def _read(name: str) -> str:
    return resources.files("heptune").joinpath("resources", "page", name).read_text(encoding="utf-8")


def _finalized(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Make visible what would hide or turn text around: control, zero-width and bidirectional characters."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
