"""What every way to write rows does."""

from collections.abc import Mapping
from typing import Protocol

from heptune.prediction.rows import Column


class Writer(Protocol):
    """Writes rows to one file; a file is whole when its writer is closed."""

    def write(self, columns: Mapping[str, Column]) -> None:
        """Write some rows, given by their columns `[n]`; a column that is not given is empty.

        Raises:
            UsageError: the format cannot hold so many.
            OSError: the system refuses.
        """
        ...

    def close(self) -> None:
        """Write what is left and close the file.

        Raises:
            OSError: the system refuses.
        """
        ...
