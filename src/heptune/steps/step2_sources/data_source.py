"""Where the rows come from: local files, the Hub, or the sample in the package."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from heptune.data.files import DataFiles, find_data_files
from heptune.errors import InvalidInputError, UsageError
from heptune.hub.datasets import HubDataset, download_dataset, resolve_dataset
from heptune.i18n import _
from heptune.schemas.sources import DataFile, DataOrigin, DataSource, Sources
from heptune.steps.step2_sources.settings import SAMPLES, SourcesConfig, is_hub_dataset
from heptune.storage.artifacts import sha256_of_file, translated_read_errors
from heptune.storage.run_store import Run

TEST = "test"


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Where rows come from, and their files by split; `unread` names the splits that nobody reads."""

    origin: DataOrigin
    files: DataFiles
    unread: tuple[str, ...] = ()


def find_data(run: Run, config: SourcesConfig, earlier: Sources | None) -> FoundRows:
    """Find the data, and fetch them where they are on the Hub.

    Args:
        run: Told about downloads.
        config: What the user asks for.
        earlier: What an earlier run in this folder found; its Hub commit is kept.

    Raises:
        InvalidInputError: there is nothing of that name, or it is not clear which file holds what.
        MissingError: the Hub has it not, or cannot be reached.
    """
    found = _find_here(config.data)
    if found:
        return found
    known = None if config.data_revision else _known_commit(config.data, earlier.data if earlier else None)
    dataset = resolve_dataset(
        config.data, configuration=config.configuration, revision=config.data_revision, known_commit=known
    )
    if "train" not in dataset.files:
        raise _no_training_split(config.data, dataset)
    paths = download_dataset(dataset, lambda size: run.announce_download(config.data, size))
    unread = tuple(sorted(paths.keys() - {"train", "validation", TEST}))
    files = DataFiles(train=paths["train"], validation=paths.get("validation", ()), test=paths.get(TEST, ()))
    return FoundRows(_hub_origin(config.data, dataset), files, unread)


def find_test(run: Run, name: str, earlier: Sources | None) -> FoundRows:
    """Find the rows to test on, as the data are found: the split named test where there is one, else the whole.

    Raises:
        InvalidInputError: there is nothing of that name.
        UsageError: none of several splits is named test.
        MissingError: the Hub has it not, or cannot be reached.
    """
    found = _find_here(name, needs_train=False)
    if found:
        return found
    dataset = resolve_dataset(name, known_commit=_known_commit(name, earlier.test if earlier else None))
    split = TEST if len(dataset.files) > 1 else next(iter(dataset.files))
    if split not in dataset.files:
        raise _no_test_rows(name, dataset.files)
    wanted = dataset.files[split]
    part = replace(dataset, listing=dataset.listing.only(list(wanted)), files={split: wanted})
    paths = download_dataset(part, lambda size: run.announce_download(name, size))
    return FoundRows(_hub_origin(name, dataset), DataFiles(test=paths[split]))


def describe_data(config: SourcesConfig, data: FoundRows, test: FoundRows | None) -> DataSource:
    """Return the record of all files with the digest of each.

    Raises:
        UsageError: there are two test sets, or none where one was named.
        InvalidInputError: a file cannot be read.
    """
    parts = _parts(config, data.files, test.files if test else None)
    files = tuple(_data_file(path, part) for part, paths in parts.items() for path in paths)
    return DataSource(**dict(data.origin), files=files)


def local_parts(config: SourcesConfig) -> dict[str, tuple[Path, ...]]:
    """Return the parts that are known before anything is fetched, with their files.

    Rows on the Hub are no part of it; test rows from there are a part without files.

    Raises:
        InvalidInputError: there is nothing of that name, or it is not clear which file holds what.
        UsageError: there are two test sets, or none where one was named.
    """
    data = _find_here(config.data)
    test = _find_here(config.test, needs_train=False) if config.test else None
    parts = _parts(config, data.files if data else DataFiles(), test.files if test else None)
    return {part: paths for part, paths in parts.items() if paths or (part == TEST and config.test)}


def _find_here(name: str, *, needs_train: bool = True) -> FoundRows | None:
    """Find rows that lie on this machine; None for a name on the Hub."""
    if "://" in name:
        raise _is_address(name)
    if is_hub_dataset(name):
        return None
    if name in SAMPLES:
        folder = resources.files("heptune").joinpath("resources", "sample_data", SAMPLES[name])
        origin = DataOrigin(uri=name, kind="sample", commit=None, licence="apache-2.0")
        return FoundRows(origin, find_data_files(Path(str(folder)), needs_train=needs_train))
    origin = DataOrigin(uri=name, kind="local", commit=None, licence=None)
    return FoundRows(origin, find_data_files(Path(name), needs_train=needs_train))


def _is_address(name: str) -> UsageError:
    return UsageError(
        _("Rows are not read from web addresses."),
        code="address_as_data",
        where="sources.data",
        expected=_("a file, a folder, or the name of a data set on the Hub such as mteb/tweet_sentiment_extraction"),
        found=name,
        remedy=_("Download the file first, or give the data set's name."),
    )


def _known_commit(name: str, earlier: DataOrigin | None) -> str | None:
    return earlier.commit if earlier and earlier.kind == "hub" and earlier.uri == name else None


def _hub_origin(name: str, dataset: HubDataset) -> DataOrigin:
    return DataOrigin(uri=name, kind="hub", commit=dataset.commit, licence=dataset.licence)


def _parts(config: SourcesConfig, data: DataFiles, test: DataFiles | None) -> dict[str, tuple[Path, ...]]:
    if config.test and data.test:
        raise UsageError(
            _("There are two test sets: one in the data, one given."),
            code="two_test_sets",
            where="sources.test",
            expected=_("one test set"),
            found=f"{data.test[0]}, {config.test}",
            remedy=_("Leave out --test, or give the training file alone as data."),
        )
    rows_to_test = data.test
    if config.test and test:
        rows_to_test = test.test or test.whole
        if not rows_to_test:
            raise _no_test_rows(config.test, [path.name for path in (*test.train, *test.validation)])
    rest = "train" if config.test or rows_to_test else "whole"
    return {rest: data.train or data.whole, "validation": data.validation, TEST: rows_to_test}


def _data_file(path: Path, part: str) -> DataFile:
    with translated_read_errors(path):
        return DataFile.model_validate(
            {"path": str(path), "part": part, "sha256": sha256_of_file(path), "size": path.stat().st_size}
        )


def _no_training_split(name: str, dataset: HubDataset) -> InvalidInputError:
    return InvalidInputError(
        _("This data set has no training rows: none of its splits is named train."),
        code="no_training_split",
        where=name,
        expected=_("a split named train"),
        found=", ".join(dataset.files),
        remedy=_(
            "Download the files and give the path of the one to learn from, and of the one to test on with --test. "
            "Where the data set has several tables, sources.configuration chooses another."
        ),
    )


def _no_test_rows(name: str, parts: Iterable[str]) -> UsageError:
    return UsageError(
        _("There are no test rows in what --test names: by its name, each part is another split."),
        code="no_test_files",
        where=name,
        expected=_("a split named test, or one that is not split"),
        found=", ".join(parts),
        remedy=_("Give the file itself with --test."),
    )
