"""Where the rows to score come from: a file, a folder of them, or standard input."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from heptune.bundle.layout import BundleInfo
from heptune.data.columns import TEXT_NAMES
from heptune.data.readers.faults import RowFaults
from heptune.data.readers.open_table import open_table
from heptune.data.table import TextTable
from heptune.errors import InvalidInputError, MissingError
from heptune.i18n import _
from heptune.prediction.rows import Rows, with_faults
from heptune.schemas.data_files import FORMATS, format_of


class Source(Protocol):
    """Rows to score, in their order."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of their columns, as far as the beginning of each file tells them."""
        ...

    def batches(self) -> Iterator[Rows]:
        """Yield the rows in bounded memory; those that cannot be read stand in their place, without a text."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """Files, one after the other.

    Attributes:
        tables: The opened files.
        text_column: The column that is scored.
    """

    tables: tuple[TextTable, ...]
    text_column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all their columns, those of the first file first and in its order."""
        first = next(self.batches(), None)
        names = dict.fromkeys(first.columns if first else ())
        return tuple(names | dict.fromkeys(name for one in self.tables for name in (*one.columns, *one.unreadable)))

    def batches(self) -> Iterator[Rows]:
        """Yield the rows of all files; see `Source.batches`."""
        for table in self.tables:
            faults = RowFaults(table.path)
            last = None
            for batch in table.batches(self.text_column, faults):
                last = with_faults(batch, faults.take())
                yield last
            if rest := faults.take():  # broken rows at the end of the file
                yield with_faults(None if last is None else last.nothing(), rest)


def learnt_column(info: BundleInfo) -> str | None:
    """Return the name of the column with the texts that a classifier learnt from; None where that is not known."""
    column: str | None = info.provenance.get("data", {}).get("text_column")
    return column


def open_files(path: Path, text_column: str | None, *, learnt_from: str | None) -> Files:
    """Open a data file, or the data files of a folder by their names.

    Args:
        path: Of either.
        text_column: The column that is scored; None takes one with a customary name, or the only one.
        learnt_from: The column with the texts that the classifier learnt from; it comes before customary ones.

    Raises:
        MissingError: there is nothing.
        InvalidInputError: a file cannot be read, or has no such column, or no column can be told to hold the texts.
    """
    paths = [path] if path.is_file() else sorted(one for one in _files_of(path) if format_of(one))
    if not paths:
        raise _nothing_to_read(path)
    tables = tuple(map(_open, paths))
    chosen = text_column or _find_text_column(tables[0], learnt_from)
    for table in tables:
        if chosen not in table.columns:
            raise _missing_column(chosen, table)
    return Files(tables, chosen)


def _open(path: Path) -> TextTable:
    try:
        return open_table(path)
    except InvalidInputError as error:
        if error.code != "undecodable":
            raise
        # Most of it may be UTF-8; rows that are not are told one by one.
        return open_table(path, encoding="utf-8")


def _files_of(folder: Path) -> Iterator[Path]:
    """Return the files of a folder; what begins with a point or an underline is nobody's data."""
    if folder.is_dir():
        yield from (one for one in folder.iterdir() if one.is_file() and not one.name.startswith((".", "_")))


def _find_text_column(table: TextTable, learnt_from: str | None) -> str:
    folded = {name.casefold(): name for name in reversed(table.columns)}
    wanted = (learnt_from.casefold(),) if learnt_from else ()
    found = next((folded[name] for name in (*wanted, *TEXT_NAMES) if name in folded), None)
    if found is None and len(table.columns) == 1:
        found = table.columns[0]
    if found is None:
        raise InvalidInputError(
            _("It cannot be told which column holds the texts."),
            code="columns_not_found",
            where=str(table.path),
            expected=_("a column named {names}", names=", ".join(filter(None, (learnt_from, *TEXT_NAMES[:3])))),
            found=", ".join(table.columns),
            remedy=_("Name it with --text-column COLUMN."),
        )
    return found


def _missing_column(name: str, table: TextTable) -> InvalidInputError:
    nested = table.unreadable.get(name)
    return InvalidInputError(
        _('There is no column "{name}" with texts.', name=name),
        code="missing_column",
        where=str(table.path),
        expected=name,
        found=nested or ", ".join(table.columns),
        remedy=_("Name it with --text-column COLUMN."),
    )


def _nothing_to_read(path: Path) -> InvalidInputError | MissingError:
    if path.is_dir():
        return InvalidInputError(
            _("This folder holds no data file."),
            code="no_files",
            where=str(path),
            expected=_("files that end with {suffixes}", suffixes=", ".join(FORMATS)),
            remedy=_("Name another folder, or a file."),
        )
    return MissingError(
        _("There is no such file."), code="no_data", where=str(path), remedy=_("Check the spelling of the path.")
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that are at hand, in one column.

    Attributes:
        texts: Of the rows; one that could not be read is None.
        faults: Why, by number of the row from 0.
    """

    texts: Sequence[str | None]
    faults: Mapping[int, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return ("text",)

    def batches(self) -> Iterator[Rows]:
        """Yield all of them at once."""
        if self.texts:
            yield Rows(self.texts, {"text": list(self.texts)}, self.faults)
