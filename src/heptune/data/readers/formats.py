"""File formats by the ends of their names."""

from pathlib import Path
from typing import Literal

Format = Literal["csv", "tsv", "jsonl", "json", "parquet", "arrow", "excel"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".xlsx": "excel",
}
TEXT_FORMATS: frozenset[Format] = frozenset({"csv", "tsv", "jsonl", "json"})
# The formats in which a row has a line of its own to point at; in the others it has a number.
LINE_FORMATS: frozenset[Format] = frozenset({"csv", "tsv", "jsonl"})


def data_suffix(path: Path) -> str:
    """Return the end of the name that tells the format, in lower case: `.csv`, or `.csv.gz` for a packed text file."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def format_of(path: Path) -> Format | None:
    """Return the format that the file's name tells, or None where it tells none that can be read."""
    suffix = data_suffix(path)
    packed = FORMATS.get(suffix.removesuffix(".gz"))
    return packed if packed in TEXT_FORMATS else FORMATS.get(suffix)
