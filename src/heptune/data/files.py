"""Find the data files that a path means, and which split each of them holds."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from heptune.errors import Fault, InvalidInputError
from heptune.i18n import _
from heptune.schemas.data_files import FORMATS, SPLIT_WORDS, Split, data_suffix, format_of
from heptune.storage.artifacts import translated_read_errors

CHINESE_SPLIT_WORDS: dict[str, Split] = {
    "训练": "train",
    "训练集": "train",
    "验证": "validation",
    "验证集": "validation",
    "测试": "test",
    "测试集": "test",
}
SPLIT_OF_WORD = {word: split for split, words in SPLIT_WORDS.items() for word in words} | CHINESE_SPLIT_WORDS
# Descriptions that lie beside the data, written by `datasets`, the Hub and model folders.
METADATA_NAMES = frozenset(
    {
        "dataset_infos.json",
        "dataset_info.json",
        "dataset_dict.json",
        "state.json",
        "metadata.json",
        "datapackage.json",
        "package.json",
        "croissant.json",
    }
)
DEPTH = 3
RUN_FOLDER_MARK = "1_goal.json"
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(\d+)")
_SHARD = re.compile(r"^(?P<stem>.*)-(?P<index>\d+)-of-(?P<count>\d+)$")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of each split, each in reading order; `whole` holds data that is not split."""

    train: tuple[Path, ...] = ()
    validation: tuple[Path, ...] = ()
    test: tuple[Path, ...] = ()
    whole: tuple[Path, ...] = ()


def find_data_files(path: Path, *, needs_train: bool = True) -> DataFiles:
    """Return the data files that a file or a folder means.

    In a folder, up to two levels down, the words in a file's name, else in its folders' names, tell its split.

    Args:
        path: A file or a folder.
        needs_train: A folder with files of other splits has to hold training files too.

    Raises:
        InvalidInputError: there is nothing at this path, the system does not let us look, no file can be read, a name
            is no text, or it is not clear which file belongs to which split.
    """
    with translated_read_errors(path):
        if path.is_file():
            _refuse_undecodable_names([path])
            return DataFiles(whole=(path,))
        if not path.is_dir():
            raise _nothing_there(path)
        found = _data_files_below(path)
    if not found:
        raise _no_data(path)
    _refuse_undecodable_names(found)
    by_split: dict[Split | None, list[Path]] = defaultdict(list)
    for file in sorted(found, key=_natural_order):
        by_split[_split_of(file.relative_to(path))].append(file)
    unsplit = by_split.pop(None, [])
    if not by_split:
        return DataFiles(whole=_one_data_set(path, unsplit))
    if unsplit:
        raise _unclear(path, unsplit, _("it is not clear which split these files belong to"))
    if needs_train and "train" not in by_split:
        raise _unclear(path, found, _("there is no training file beside these"))
    return DataFiles(**{split: _one_split(path, files) for split, files in by_split.items() if split})


def _data_files_below(folder: Path) -> list[Path]:
    files = _visible_files(folder, DEPTH)
    return [file for file in files if _is_data(file) and not _is_in_run_folder(file, folder)]


def _visible_files(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the files down to a depth; unlike `glob`, this does not pass in silence over a folder it may not read."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == "__MACOSX":
            continue
        if path.is_file():
            yield path
        elif depth > 1 and path.is_dir():
            yield from _visible_files(path, depth - 1)


def _is_data(file: Path) -> bool:
    is_cache = file.name.startswith("cache-") and file.suffix == ".arrow"  # `datasets` leaves these behind
    return format_of(file) is not None and not is_cache and file.name.lower() not in METADATA_NAMES


def _is_in_run_folder(file: Path, top: Path) -> bool:
    """Whether it is a result of an earlier run, which by default lies below the folder one works in."""
    folders = file.parents[: len(file.relative_to(top).parts) - 1]
    return any((folder / RUN_FOLDER_MARK).exists() for folder in folders)


def _split_of(file: Path) -> Split | None:
    """Return the split that the file's name, else its folder's, else that one's folder's names as a whole word."""
    for name in (_stem(file), *(folder.name for folder in file.parents)):
        words = _WORD.findall(name.lower())
        splits = {SPLIT_OF_WORD[word] for word in words if word in SPLIT_OF_WORD}
        if splits:
            return splits.pop() if len(splits) == 1 else None
    return None


def _one_data_set(folder: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    shards = [_SHARD.match(_stem(file)) for file in files]
    stems = {
        (file.parent, match and match["stem"], data_suffix(file)) for file, match in zip(files, shards, strict=True)
    }
    if len(files) > 1 and (not all(shards) or len(stems) > 1):
        raise _unclear(folder, files, _("there are several data files here, and no name says which split each is"))
    _refuse_missing_shards(folder, files)
    return tuple(files)


def _one_split(folder: Path, files: Sequence[Path]) -> tuple[Path, ...]:
    if len({data_suffix(file) for file in files}) > 1:
        raise _unclear(folder, files, _("files of one split have different formats"))
    if len({file.parent for file in files}) > 1:
        raise _unclear(folder, files, _("files of one split lie in different folders"))
    _refuse_missing_shards(folder, files)
    return tuple(files)


def _refuse_missing_shards(folder: Path, files: Iterable[Path]) -> None:
    """Check files such as `train-00000-of-00002.parquet`: with one of them missing, rows would be lost in silence."""
    present: dict[tuple[str, int], set[int]] = defaultdict(set)
    for file in files:
        if match := _SHARD.match(_stem(file)):
            present[match["stem"], int(match["count"])].add(int(match["index"]))
    missing = [
        Fault(stem, _("part {index} of {count} is missing", index=index, count=count))
        for (stem, count), indexes in present.items()
        for index in sorted(set(range(count)) - indexes)
    ]
    if missing:
        raise InvalidInputError(
            _("{folder}: parts of the data are missing", folder=folder.name or str(folder)),
            code="missing_shards",
            where=str(folder),
            remedy=_("copy the missing parts beside the others, or name a single file"),
            faults=missing,
        )


def _refuse_undecodable_names(files: Iterable[Path]) -> None:
    """Python holds bytes of a name that are no text as lone surrogates, which no result can be written with."""
    wrong = [file for file in files if any("\ud800" <= character <= "\udfff" for character in str(file))]
    if wrong:
        raise InvalidInputError(
            _("A file's name is not text in this system's encoding."),
            code="undecodable_name",
            where=str(wrong[0]).encode("utf-8", "backslashreplace").decode(),
            remedy=_("Rename the file."),
        )


def _stem(file: Path) -> str:
    return file.name[: len(file.name) - len(data_suffix(file))]


def _natural_order(file: Path) -> list[str | int]:
    """Sort key that puts `part-2` before `part-10`."""
    return [int(part) if part.isdecimal() else part for part in _NUMBER.split(file.as_posix())]


def _nothing_there(path: Path) -> InvalidInputError:
    remedy = _("check the path")
    if not path.parent.is_dir():
        remedy = _("the folder {folder} does not exist either", folder=str(path.parent))
    elif near := get_close_matches(path.name, _names_in(path.parent), n=3):
        remedy = _("did you mean {names}?", names=", ".join(near))
    return InvalidInputError(
        _("there is no file or folder {path}", path=str(path)), code="missing_path", where=str(path), remedy=remedy
    )


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _no_data(folder: Path) -> InvalidInputError:
    return InvalidInputError(
        _("{folder} holds no data file", folder=folder.name or str(folder)),
        code="no_data_files",
        where=str(folder),
        expected=_("files that end with {suffixes}", suffixes=", ".join(FORMATS)),
        found=", ".join(_names_in(folder)[:20]),
        remedy=_("name the file with the rows itself, or save it in one of these formats"),
    )


def _unclear(folder: Path, files: Iterable[Path], message: str) -> InvalidInputError:
    return InvalidInputError(
        _("{folder}: {message}", folder=folder.name or str(folder), message=message),
        code="unclear_files",
        where=str(folder),
        expected=_("one file, or files named train, validation and test"),
        remedy=_("rename or move files, or name the training file, and the test file with --test"),
        faults=[Fault(str(file.relative_to(folder)), _suggest(file.relative_to(folder))) for file in files],
    )


def _suggest(file: Path) -> str:
    split = _split_of(file)
    return _("split: {split}", split=split) if split else _("no split in its name")
