"""The first rows of a data file: enough to find the columns, and to see in which script the texts are."""

from pathlib import Path

import pyarrow as pa

from heptune.data.columns import choose_columns
from heptune.data.readers.open_table import open_table
from heptune.data.table import TextTable
from heptune.data.text import is_blank
from heptune.errors import InvalidInputError
from heptune.i18n import _

SAMPLE_ROWS = 1_000


def first_rows(table: TextTable) -> pa.Table:
    """Return the first rows; a fault further down is reported when all rows are read.

    Raises:
        InvalidInputError: there is none.
    """
    chunks = table.chunks(table.columns)
    try:
        chunk = next(chunks)
    except StopIteration:
        raise InvalidInputError(
            _("This file has no rows."),
            code="no_rows",
            where=str(table.path),
            expected=_("labelled texts"),
            remedy=_("write the file again with its rows, or give another file"),
        ) from None
    return pa.table(dict(chunk.columns)).slice(0, SAMPLE_ROWS)


def first_texts(
    path: Path,
    *,
    text_column: str | None,
    label_column: str | None,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
) -> list[str]:
    """Return the first texts of a data file, those with nothing to read left out.

    Args:
        path: The file.
        text_column: Found out where it is None.
        label_column: Found out where it is None.
        encoding: As in `open_table`.
        delimiter: As in `open_table`.
        sheet: As in `open_table`.

    Raises:
        InvalidInputError: the file or a column cannot be read, or no column can be told to hold texts.
    """
    table = open_table(path, encoding=encoding, delimiter=delimiter, sheet=sheet)
    sample = first_rows(table)
    columns = choose_columns(
        sample, text=text_column, label=label_column, where=str(table.path), nested=table.unreadable
    )
    return [text for text in sample[columns.text].to_pylist() if not is_blank(text)]
