"""Patterns such as `data/train-*` over the paths of a repository, as the Hub understands them.

`*` and `?` stay within a folder, `**` is any number of folders. Paths with a part that begins with a dot, or a folder
with two underscores, are found only by a pattern that names such a part (`datasets.data_files.resolve_pattern`).
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath

# They describe the data and are never data, unless a pattern names them.
NO_DATA = {"README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "dummy_data.zip"}


def paths_matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return the `paths` that fit `pattern`, sorted."""
    wanted = PurePosixPath(pattern)
    no_data = NO_DATA - {wanted.name}
    return sorted(path for path in paths if _is_meant(PurePosixPath(path), wanted, no_data))


def _is_meant(path: PurePosixPath, pattern: PurePosixPath, no_data: set[str]) -> bool:
    return (
        path.name not in no_data
        and _hidden_parts(path) == _hidden_parts(pattern)
        and _special_folders(path) == _special_folders(pattern)
        and _fits(path.parts, pattern.parts)
    )


def _hidden_parts(path: PurePosixPath) -> int:
    return sum(part.startswith(".") and set(part) != {"."} for part in path.parts)


def _special_folders(path: PurePosixPath) -> int:
    return sum(part.startswith("__") for part in path.parent.parts)


def _fits(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    # Remembered, so that a hostile pattern of many ** costs no more than path times pattern.
    @cache
    def fits(i: int, j: int) -> bool:
        if j == len(pattern):
            return i == len(path)
        if pattern[j] == "**":
            if j == len(pattern) - 1:
                return i < len(path)
            return fits(i, j + 1) or (i < len(path) and fits(i + 1, j))
        return i < len(path) and fnmatchcase(path[i], pattern[j]) and fits(i + 1, j + 1)

    return fits(0, 0)
