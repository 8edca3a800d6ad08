"""Which files make up which split: by the card's patterns, else by names that hold a split's name as a whole word.

The default patterns and their order are those of `datasets.data_files` (version 5.2), so that the same files are read
in the same order.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from heptune.errors import Fault, InvalidInputError
from heptune.hub.configurations import Configuration
from heptune.hub.globs import paths_matching
from heptune.i18n import _
from heptune.schemas.data_files import SPLIT_WORDS, Format, data_suffix, format_of

# From the ending that loses a draw to the one that wins it.
BY_PREFERENCE = (
    ".xlsx", ".ipc", ".feather", ".tab", ".tsv", ".ndjson", ".csv", ".json", ".jsonl", ".arrow", ".parquet",
)  # fmt: skip
# Files of these formats may make up one split.
_ALIKE: dict[Format, Format] = {"tsv": "csv", "jsonl": "json"}
VALIDATION_NAMES = {"validation", "valid", "val", "dev"}

_SHARDED = re.compile(r"data/(\w+(?:\.\w+)*)-\d{5}-of-\d{5}[^/]*\.[^/]*")
_SHARDS = "data/{split}-" + "[0-9]" * 5 + "-of-" + "[0-9]" * 5 + "*.*"
_IN_FOLDER_NAME = (
    "**/{word}/**",
    "**/{word}[-._ 0-9]*/**",
    "**/*[-._ 0-9]{word}/**",
    "**/*[-._ 0-9]{word}[-._ 0-9]*/**",
)
_IN_FILE_NAME = ("**/{word}[-._ 0-9]*", "**/*[-._ 0-9]{word}[-._ 0-9]*")

Patterns = Mapping[str, Iterable[str]]
SplitFiles = dict[str, tuple[str, ...]]


def files_by_split(paths: Iterable[str], configuration: Configuration, where: str) -> SplitFiles:
    """Return the data files of each split, in reading order; splits without a data file are left out.

    Args:
        paths: All paths of the repository.
        configuration: The table that is wanted.
        where: The repository, for messages.

    Raises:
        InvalidInputError: a file's name says that it belongs to two splits (`code="ambiguous_split"`).
    """
    folder = configuration.folder and configuration.folder + "/"
    inside = [path.removeprefix(folder) for path in paths if path.startswith(folder)]
    if configuration.patterns:
        found = _matched(configuration.patterns, inside)
    else:
        found = _by_names([path for path in inside if _format(path)])
        _refuse_ambiguous(found, where)
    one_format = {split: _one_format(files) for split, files in found.items()}
    return _named_alike({split: tuple(folder + file for file in files) for split, files in one_format.items() if files})


def _matched(patterns: Patterns, paths: list[str]) -> SplitFiles:
    """Files of each pattern sorted, the patterns in their order, each file once."""
    return {
        split: tuple(dict.fromkeys(path for pattern in wanted for path in paths_matching(pattern, paths)))
        for split, wanted in patterns.items()
    }


def _by_names(paths: list[str]) -> SplitFiles:
    for patterns in (_shard_patterns(paths), _word_patterns(_IN_FOLDER_NAME), _word_patterns(_IN_FILE_NAME)):
        found = {split: files for split, files in _matched(patterns, paths).items() if files}
        if found:
            return found
    return _matched({"train": ["**"]}, paths)


def _shard_patterns(paths: list[str]) -> Patterns:
    splits = {match[1] for match in map(_SHARDED.fullmatch, paths) if match}
    ordered = [split for split in SPLIT_WORDS if split in splits] + sorted(splits - SPLIT_WORDS.keys())
    return {split: [_SHARDS.format(split=split)] for split in ordered}


def _word_patterns(patterns: tuple[str, ...]) -> Patterns:
    return {
        split: [pattern.format(word=word) for word in words for pattern in patterns]
        for split, words in SPLIT_WORDS.items()
    }


def _refuse_ambiguous(found: SplitFiles, where: str) -> None:
    counts = Counter(file for files in found.values() for file in files)
    faults = [
        Fault(file, ", ".join(split for split, files in found.items() if file in files))
        for file, count in counts.items()
        if count > 1
    ]
    if faults:
        raise InvalidInputError(
            _("The names of some files say that they belong to two splits."),
            code="ambiguous_split",
            where=where,
            remedy=_("Download the files yourself, and give their paths as training and as test data."),
            faults=faults,
        )


def _one_format(files: Iterable[str]) -> tuple[str, ...]:
    """Many repositories hold the same rows in two formats: the ending of most files wins, as for the Hub."""
    known = [file for file in files if _format(file)]
    counts = Counter(map(_ending, known))
    if not counts:
        return ()
    winner = max(counts, key=lambda ending: (counts[ending], BY_PREFERENCE.index(ending)))
    return tuple(file for file in known if _format(file) == _format(f"file{winner}"))


def _ending(path: str) -> str:
    return data_suffix(PurePosixPath(path)).removesuffix(".gz")


def _format(path: str) -> Format | None:
    found = format_of(PurePosixPath(path))
    return _ALIKE.get(found, found) if found else None


def _named_alike(files: SplitFiles) -> SplitFiles:
    """One name for the split that has many; where a data set has two of them, both keep their own."""
    aliases = [split for split in files if split.lower() in VALIDATION_NAMES]
    return {("validation" if [split] == aliases else split): paths for split, paths in files.items()}
