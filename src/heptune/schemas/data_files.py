"""Data files by their names: the format at the end, the split in a word. Folders and the Hub are read alike."""

from pathlib import PurePath
from typing import Literal

Split = Literal["train", "validation", "test"]
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
# As `datasets` knows them, in its order; `eval` means test there too.
SPLIT_WORDS: dict[Split, tuple[str, ...]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
TEXT_FORMATS: frozenset[Format] = frozenset({"csv", "tsv", "jsonl", "json"})
# The formats in which a row has a line of its own to point at; in the others it has a number.
LINE_FORMATS: frozenset[Format] = frozenset({"csv", "tsv", "jsonl"})


def data_suffix(path: PurePath) -> str:
    """Return the end of the name that tells the format, in lower case: `.csv`, or `.csv.gz` for a packed text file."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def format_of(path: PurePath) -> Format | None:
    """Return the format that the file's name tells, or None where it tells none that can be read."""
    suffix = data_suffix(path)
    packed = FORMATS.get(suffix.removesuffix(".gz"))
    return packed if packed in TEXT_FORMATS else FORMATS.get(suffix)
