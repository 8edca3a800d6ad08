"""A table written anew, without some of its rows and with other cells in some."""

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

from heptune.data.table import TextTable


def write_cleaned_copy(
    table: TextTable,
    path: Path,
    *,
    kept: Collection[int],
    changed: Mapping[int, Mapping[str, str]],
) -> int:
    """Write all columns of some rows as CSV (UTF-8, commas, a header), in their order.

    Args:
        table: The opened file.
        path: Where to.
        kept: Positions of the rows to write, as the reader counts them.
        changed: New cells of some of them, by position and column; columns that the table lacks are left out.

    Returns:
        How many rows were written.
    """
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        for chunk in table.chunks(table.columns):
            columns = [chunk.columns[name].to_pylist() for name in table.columns]
            for position, *cells in zip(chunk.positions.to_pylist(), *columns, strict=True):
                if position in kept:
                    new = changed.get(position, {})
                    named = zip(table.columns, cells, strict=True)
                    writer.writerow([new.get(name, "" if cell is None else cell) for name, cell in named])
                    written += 1
    return written
