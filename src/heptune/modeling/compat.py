"""Names of transformers that are unstable, what it raises, and its habit of talking to the terminal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from heptune.errors import ResourceError
from heptune.i18n import _
from heptune.storage.memory_errors import is_want_of_memory

# Warnings that are attributed to any module but ours.
_FOREIGN_MODULES = r"(?!heptune\b)"


@contextmanager
def network_at_work(remedy: str) -> Iterator[None]:
    """Let a network compute: what libraries would say is silenced, and want of memory is told with its remedy.

    Raises:
        ResourceError: there is not enough memory.
    """
    with quiet_transformers(of_modules=_FOREIGN_MODULES):
        # torch blames our line for oneDNN's complaint, after which it goes another way or raises.
        warnings.filterwarnings("ignore", message="mkldnn_")
        try:
            yield
        except (RuntimeError, MemoryError, OSError, ImportError) as error:
            if not is_want_of_memory(error):
                raise
            raise ResourceError(
                _("There is not enough memory for this model."),
                code="out_of_memory",
                found=in_one_line(error),
                remedy=remedy,
            ) from error


@contextmanager
def quiet_transformers(of_modules: str = "") -> Iterator[None]:
    """Silence progress bars, load reports and warnings during the block; we report by ourselves.

    Args:
        of_modules: Regular expression for the start of the modules whose Python warnings are silenced.
    """
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=of_modules)
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def foreign_faults() -> tuple[type[Exception], ...]:
    """Return what transformers and safetensors raise on files that they cannot use.

    A config that does not fit its architecture makes a constructor fail in any way; our own errors are not among them.
    """
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    return (
        ArithmeticError,
        AssertionError,
        AttributeError,
        ImportError,
        LookupError,
        OSError,
        RuntimeError,
        SafetensorError,
        StrictDataclassError,
        TypeError,
        ValueError,
    )


def in_one_line(error: Exception) -> str:
    """Return what a foreign error says, in one line of at most 200 characters."""
    return " ".join(str(error).split())[:200] or type(error).__name__
