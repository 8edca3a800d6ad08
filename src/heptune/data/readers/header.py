"""Column names: trimmed, complete, unique."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from heptune.errors import Fault, InvalidInputError
from heptune.i18n import _


def clean_header(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column names without surrounding white space.

    A column without a name, as pandas writes its index and spreadsheets write trailing commas, is called by its number:
    `column_1`.

    Raises:
        InvalidInputError: no column has a name, or names stand twice; all of them at once.
    """
    given = tuple(cell.strip() for cell in cells)
    names = tuple(name or f"column_{number}" for number, name in enumerate(given, 1))
    unnamed = [] if any(given) or not given else [Fault(_("the first row"), _("names no column"))]
    _raise_if_any(path, names, unnamed + _doubled_names(names))
    return names


def refuse_doubled_names(path: Path, names: Sequence[str]) -> None:
    """Check the column names of a file in which they need not be filled in.

    Raises:
        InvalidInputError: names that stand twice.
    """
    _raise_if_any(path, names, _doubled_names(names))


def _doubled_names(names: Sequence[str]) -> list[Fault]:
    return [
        Fault(_("column {name}", name=name), _("stands {count} times", count=count))
        for name, count in Counter(names).items()
        if count > 1
    ]


def _raise_if_any(path: Path, names: Sequence[str], faults: list[Fault]) -> None:
    if faults:
        raise InvalidInputError(
            _("{file} has column names that are empty or not unique", file=path.name),
            code="bad_column_names",
            where=str(path),
            expected=_("one name a column, each of its own"),
            found=", ".join(names),
            remedy=_("name every column in the first row, each by a name of its own"),
            faults=faults,
        )
