"""All faults of one file, gathered while it is read and raised together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from heptune.data.table import TextTable
from heptune.errors import Fault, InvalidInputError
from heptune.i18n import _

MAXIMUM_FAULTS = 1_000


@dataclass(slots=True)
class FaultLog:
    """Gathers the faults of a file; a file with very many is given up early, so that the list stays small.

    Attributes:
        path: The file.
        remedy: What to do about a fault that is noted without a remedy of its own.
        keeps_undecodable: Whether a line with bytes that the encoding does not allow is a fault of that line alone.
    """

    path: Path
    remedy: str = ""
    keeps_undecodable: bool = False
    _faults: list[tuple[int, Fault]] = field(default_factory=list)
    _remedies: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._faults)

    def add_line(self, line: int, message: str, *, remedy: str = "") -> None:
        """Note a fault of the line with this number (from 1)."""
        self._add(line, Fault(_("line {line}", line=line), message), remedy)

    def add_row(self, row: int, message: str) -> None:
        """Note a fault of the row with this number (from 1)."""
        self._add(row, Fault(_("row {row}", row=row), message), "")

    def raise_if_any(self) -> None:
        """Raise all faults as one error.

        Raises:
            InvalidInputError: there are faults.
        """
        if self._faults:
            self._raise(_("{file} cannot be read: faults found: {count}", file=self.path.name, count=len(self)))

    def _add(self, number: int, fault: Fault, remedy: str) -> None:
        self._faults.append((number, fault))
        self._remedies[remedy or self.remedy] = None
        if len(self) == MAXIMUM_FAULTS:
            self._raise(_("{file} cannot be read: {count} faults, then given up", file=self.path.name, count=len(self)))

    def _raise(self, message: str) -> None:
        in_file_order = [fault for _number, fault in sorted(self._faults, key=itemgetter(0))]
        remedy = "; ".join(filter(None, self._remedies))
        raise InvalidInputError(message, code="broken_rows", where=str(self.path), remedy=remedy, faults=in_file_order)


class RowFaults(FaultLog):
    """Faults that are told row by row, and raise nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, keeps_undecodable=True)
        self._sentences: dict[int, str] = {}

    def take(self) -> dict[int, str]:
        """Return what is wrong with each row since the last call, by the row's line or number, and forget it."""
        taken, self._sentences = self._sentences, {}
        return taken

    def raise_if_any(self) -> None:
        """Do nothing: rows are told as they are met."""

    def _add(self, number: int, fault: Fault, _remedy: str) -> None:
        self._sentences.setdefault(number, f"{fault.where}: {fault.message}")


def require_columns(table: TextTable, names: Sequence[str]) -> None:
    """Check that the table has these columns as text.

    Raises:
        InvalidInputError: one is missing or is nested.
    """
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise InvalidInputError(
            _("{file} has no text column named {names}", file=table.path.name, names=", ".join(missing)),
            code="missing_column",
            where=str(table.path),
            expected=", ".join(names),
            found=", ".join(table.columns),
            remedy=_("name one of the columns found, or give every file of the data the same columns"),
        )


def require_rows(path: Path, *, has_header: bool, has_rows: bool) -> None:
    """Check that a file holds a row of data.

    Raises:
        InvalidInputError: it is empty, or holds nothing but column names.
    """
    if has_rows:
        return
    message = _("{file} holds column names but no row", file=path.name) if has_header else None
    raise InvalidInputError(
        message or _("{file} is empty", file=path.name),
        code="no_rows" if has_header else "empty_file",
        where=str(path),
        expected=_("column names and at least one row"),
        remedy=_("write the file again with its rows, or give another file"),
    )
