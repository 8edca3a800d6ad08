"""heptune serve: bundles behind HTTP."""

import logging
import sys
from pathlib import Path
from typing import Any, Literal

import click

from heptune.cli.options import command as make_command
from heptune.cli.options import terminal


@make_command("serve")
@click.argument("bundles", nargs=-1, required=True, metavar="[NAME=]BUNDLE…")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8_000, show_default=True, help="0 takes a free one.")
@click.option("--precision", type=click.Choice(["fp32", "bf16"]), help="Of a network.  [default: the bundle's own]")
@click.option("--token-file", type=click.Path(path_type=Path), help="File with the token that callers show.")
@click.option("--no-token", is_flag=True, help="Ask for no token; on a loopback address only.")
@click.option(
    "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="Name by which callers may call us."
)
@click.option("--max-texts", type=click.IntRange(1), default=256, show_default=True, help="Most texts of a request.")
@click.option("--max-characters", type=click.IntRange(1), default=50_000, show_default=True, help="Most of a text.")
@click.option("--max-bytes", type=click.IntRange(1), default=4 * 2**20, show_default=True, help="Most of a request.")
@click.option(
    "--deadline", type=click.FloatRange(0.01), default=30.0, show_default=True, help="Seconds to answer a request in."
)
@click.option(
    "--max-wait", type=click.FloatRange(0.01), default=2.0, show_default=True, help="Seconds of work that may wait."
)
@click.option("--access-log", is_flag=True, help="Write a line for each request, without its texts.")
def command(
    bundles: tuple[str, ...],
    host: str,
    port: int,
    precision: Literal["fp32", "bf16"] | None,
    token_file: Path | None,
    no_token: bool,
    allowed_hosts: tuple[str, ...],
    **limits: Any,  # noqa: ANN401 - of ServerSettings
) -> int:
    """Answer over HTTP with one BUNDLE or several.

    Each is found under /models/NAME/; the first one under / too, where a page lets you try it, and /docs describes the
    rest. Callers show a token: that of --token-file or of the variable HEPTUNE_TOKEN. Without either, one is made and
    shown once, to a terminal, for a server that only this machine reaches.
    """
    _check_installed()
    from heptune.i18n import _
    from heptune.server.app import Application
    from heptune.server.listening import open_socket
    from heptune.server.models import open_models
    from heptune.server.running import make_server, serve
    from heptune.server.settings import LOOPBACK_NAMES, ServerSettings
    from heptune.server.token import choose_token

    chosen = choose_token(host=host, file=token_file, without=no_token, at_terminal=sys.stderr.isatty())
    names = tuple(dict.fromkeys([*LOOPBACK_NAMES, host.lower(), *(name.lower() for name in allowed_hosts)]))
    settings = ServerSettings(token=chosen.token, allowed_hosts=names, **limits)
    with open_socket(host, port) as listener:
        application = Application(open_models(bundles, precision=precision), settings)
        _log_to_standard_error()

        def started() -> None:
            number = listener.getsockname()[1]
            _say(
                _(
                    "Serving {names} on {address}",
                    names=", ".join(application.service.models),
                    address=_url(host, number),
                )
            )
            if chosen.made:
                _say(_("Token, shown this once: {token}", token=chosen.token))
            if chosen.token is None:
                _say(_("No token is asked for: every program and every user of this machine gets answers."))

        ended_by = serve(make_server(application), listener, started)
    _say(_("Every accepted request is answered; the server has ended."))
    return 128 + ended_by


def _check_installed() -> None:
    """Refuse at the door where the extra is not installed.

    Raises:
        MissingError: with the pip line.
    """
    from importlib.util import find_spec

    from heptune.errors import MissingError
    from heptune.i18n import _

    missing = [name for name in ("fastapi", "uvicorn", "httptools", "prometheus_client") if find_spec(name) is None]
    if missing:
        raise MissingError(
            _("Serving needs packages that are not installed."),
            code="missing_extra",
            found=_("missing: {names}", names=", ".join(missing)),
            remedy='pip install "heptune[serve]"',
        )


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _say(sentence: str) -> None:
    terminal(stderr=True).print(sentence, soft_wrap=True, markup=False)


def _log_to_standard_error() -> None:
    logger = logging.getLogger("heptune.server")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
