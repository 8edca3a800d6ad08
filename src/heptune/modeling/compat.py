"""Names of transformers that are unstable, what it raises, and its habit of talking to the terminal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Silence progress bars, load reports and warnings of transformers during the block; we report by ourselves."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
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
