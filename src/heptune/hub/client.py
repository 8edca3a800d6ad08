"""The Hub's own client, set up for our calls: it prints nothing, and asks nothing that we did not ask."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from heptune.hub.settings import HubSettings

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@contextmanager
def hub_client(settings: HubSettings) -> Iterator["HfApi"]:
    """Give a client for `settings` whose warnings and log records do not reach the terminal.

    huggingface_hub reads the environment once, at its import. Address, cache and timeout can be handed over with each
    call; the two constants set here cannot.
    """
    logger = logging.getLogger("huggingface_hub")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from huggingface_hub import HfApi, constants

        before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY, logger.level
        constants.HF_HUB_OFFLINE = settings.offline
        # Otherwise it first asks the Hub for a list of programs that may be calling it.
        constants.HF_HUB_DISABLE_TELEMETRY = True
        logger.setLevel(logging.CRITICAL)
        try:
            yield HfApi(endpoint=settings.endpoint, library_name="heptune")
        finally:
            constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before[:2]
            logger.setLevel(before[2])


def silent_bars() -> type[Any]:
    """Return a progress bar class that draws nothing, even where `HF_HUB_DISABLE_PROGRESS_BARS=0` asks for bars."""
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]

    class SilentBar(tqdm):
        def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - tqdm's own
            super().__init__(*arguments, **{**options, "disable": True})  # type: ignore[no-untyped-call]

    return SilentBar
