"""How many rows there are to come, roughly, where that is quick to find out."""

from functools import partial

import pyarrow as pa
import pyarrow.parquet

from heptune.data.table import TextTable
from heptune.prediction.source import Files
from heptune.schemas.data_files import LINE_FORMATS

BLOCK = 2**20


def count_rows(source: Files) -> int | None:
    """Return about how many rows there are; None where nobody knows before they are read.

    A line end within a cell counts as a row.
    """
    counts = [_rows_of(table) for table in source.tables]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _rows_of(table: TextTable) -> int | None:
    if table.format == "parquet":
        return int(pa.parquet.read_metadata(table.path).num_rows)
    if table.format not in LINE_FORMATS or table.path.suffix.lower() == ".gz":
        return None
    with table.path.open("rb") as stream:
        lines = sum(block.count(b"\n") for block in iter(partial(stream.read, BLOCK), b""))
    return lines if table.format == "jsonl" else max(0, lines - 1)
