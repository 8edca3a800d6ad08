"""The configurations of a data set: which of its files make up one table, as its card says."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from heptune.errors import InvalidInputError, UsageError
from heptune.hub.card import Card
from heptune.i18n import _

DEFAULT = "default"
PARQUET_BRANCH = "refs/convert/parquet"


@dataclass(frozen=True, slots=True)
class Configuration:
    """One table of a data set.

    Attributes:
        name: By which the user asks for it.
        patterns: Patterns of the files of each split, relative to `folder`; none where the files' own names decide.
        folder: Folder of the repository in which its files lie; empty for the whole repository.
        is_default: The card names it as the one to take.
    """

    name: str = DEFAULT
    patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    folder: str = ""
    is_default: bool = False


def configurations_of_card(card: Card, where: str) -> list[Configuration]:
    """Return what a card's `configs` describe.

    Raises:
        InvalidInputError: they are not as the Hub defines them (`code="malformed_card"`).
    """
    entries = card.get("configs") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _malformed("configs", entries, where)
    return [_configuration(entry, where) for entry in entries]


def configurations_of_parquet_branch(paths: Iterable[str]) -> list[Configuration]:
    """Return what the Hub's own Parquet branch holds: `configuration/split/0000.parquet`.

    The split of a large data set that the Hub has copied in part is called `partial-split`.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in sorted(paths):
        parts = path.split("/")
        if len(parts) == 3 and path.endswith(".parquet"):
            found.setdefault(parts[0], {})[parts[1].removeprefix("partial-")] = (f"{parts[0]}/{parts[1]}/*.parquet",)
    return [Configuration(name, patterns) for name, patterns in found.items()]


def choose_configuration(configurations: Sequence[Configuration], name: str | None, data_set: str) -> Configuration:
    """Return the configuration called `name`, else the default one, else the only one.

    Raises:
        UsageError: there is no such configuration, or several of which one has to be chosen.
    """
    configurations = configurations or [Configuration()]
    by_name = {configuration.name: configuration for configuration in configurations}
    if name is not None:
        if name not in by_name:
            raise _unknown(name, by_name, data_set)
        return by_name[name]
    defaults = [configuration for configuration in configurations if configuration.is_default]
    if defaults or DEFAULT in by_name or len(by_name) == 1:
        return defaults[0] if defaults else by_name.get(DEFAULT, configurations[0])
    raise UsageError(
        _("{name} has several configurations: one has to be chosen.", name=data_set),
        code="configuration_needed",
        expected=_listed(by_name),
        remedy=_("Choose one of them."),
    )


def _unknown(name: str, names: Collection[str], data_set: str) -> UsageError:
    near = difflib.get_close_matches(name, names, n=1)
    return UsageError(
        _("{name} has no configuration {configuration}.", name=data_set, configuration=name),
        code="unknown_configuration",
        expected=_listed(names),
        found=name,
        remedy=_("Did you mean {name}?", name=near[0]) if near else _("Choose one of them."),
    )


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _configuration(entry: dict[str, Any], where: str) -> Configuration:
    if "config_name" not in entry:
        raise _malformed("config_name", entry, where)
    folder = PurePosixPath(str(entry.get("data_dir") or "").strip("/")).as_posix()
    return Configuration(
        name=str(entry["config_name"]),
        patterns=_patterns(entry.get("data_files") or [], where),
        folder="" if folder == "." else folder,
        is_default=entry.get("default") is True,
    )


def _patterns(data_files: Any, where: str) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - whatever YAML holds
    if isinstance(data_files, str):
        data_files = [data_files]
    if not isinstance(data_files, list):
        raise _malformed("data_files", data_files, where)
    if all(isinstance(item, str) for item in data_files):
        return {"train": _within_repository(data_files, where)} if data_files else {}
    patterns: dict[str, tuple[str, ...]] = {}
    for item in data_files:
        if not isinstance(item, dict) or set(item) != {"split", "path"} or str(item["split"]) in patterns:
            raise _malformed("data_files", item, where)
        paths = [item["path"]] if isinstance(item["path"], str) else item["path"]
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise _malformed("data_files", item, where)
        patterns[str(item["split"])] = _within_repository(paths, where)
    return patterns


def _within_repository(patterns: list[str], where: str) -> tuple[str, ...]:
    for pattern in patterns:
        if "://" in pattern or "::" in pattern:
            raise InvalidInputError(
                _("The data set's card points to files outside its repository or inside an archive."),
                code="remote_data_files",
                where=where,
                found=pattern,
                remedy=_("Download these files yourself and give their paths."),
            )
    return tuple(patterns)


def _malformed(key: str, found: object, where: str) -> InvalidInputError:
    return InvalidInputError(
        _("The data set's card does not say clearly which files it is made of."),
        code="malformed_card",
        where=f"{where}: {key}",
        expected=_("config_name, and data_files as a path, a list of paths, or a list of split and path"),
        found=str(found)[:200],
        remedy=_("Download the files yourself and give their paths."),
    )
