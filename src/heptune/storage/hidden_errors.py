"""What the operating system refuses to libraries that hide it in an error of their own."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

# As Rust's standard library ends it, whatever stands before: "No space left on device (os error 28)".
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


@contextmanager
def unhidden_system_errors(kind: type[Exception]) -> Iterator[None]:
    """Turn errors of a library written in Rust, such as safetensors, into the OSError that each of them hides.

    Inside of `atomic_file` and `atomic_folder` that becomes a ResourceError which names the artifact.

    Args:
        kind: The library's own error; one that hides nothing of the system's stays what it is.

    Raises:
        OSError: what the system said.
    """
    try:
        yield
    except kind as error:
        number = _SYSTEM_ERROR.search(str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error
