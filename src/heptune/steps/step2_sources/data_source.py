"""Where the rows come from: local files, the Hub, or the sample in the package."""

import re
from importlib import resources
from pathlib import Path

from heptune.data.files import DataFiles, find_data_files
from heptune.data.readers.formats import format_of
from heptune.errors import UsageError
from heptune.hub.datasets import download_dataset, resolve_dataset
from heptune.i18n import _
from heptune.schemas.sources import DataFile, DataSource
from heptune.steps.step2_sources.settings import SAMPLES, SourcesConfig
from heptune.storage.artifacts import sha256_of_file, translated_read_errors
from heptune.storage.run_store import Run

_HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def find_data(run: Run, config: SourcesConfig, earlier: DataSource | None) -> DataSource:
    """Find the data, fetch them where they are on the Hub, and take the digest of every file.

    Args:
        run: Told about downloads and about parts that are left unread.
        config: What the user asks for.
        earlier: What an earlier run in this folder found; its Hub commit is kept.

    Raises:
        UsageError: there is nothing of that name, or two test sets are given.
        InvalidInputError: it is not clear which file holds what.
        MissingError: the Hub has it not, or cannot be reached.
    """
    if config.data in SAMPLES:
        _refuse_hub_settings(config)
        folder = resources.files("heptune").joinpath("resources", "sample_data", SAMPLES[config.data])
        files = _parts(config, find_data_files(Path(str(folder))))
        return DataSource(uri=config.data, kind="sample", commit=None, licence="apache-2.0", files=files)
    if _is_hub_name(config.data):
        return _find_on_hub(run, config, earlier)
    _refuse_hub_settings(config)
    files = _parts(config, find_data_files(Path(config.data)))
    return DataSource(uri=config.data, kind="local", commit=None, licence=None, files=files)


def refuse_missing_data(config: SourcesConfig) -> None:
    """Raise for local data that are not there, before anything is written.

    Raises:
        InvalidInputError: there is nothing of that name, or nothing that can be read.
    """
    if config.data not in SAMPLES and not _is_hub_name(config.data):
        find_data_files(Path(config.data))


def _is_hub_name(name: str) -> bool:
    """`data/train.csv` is a path even where nothing is there: a misspelt one is no question to the Hub."""
    return bool(_HUB_NAME.fullmatch(name)) and not Path(name).exists() and format_of(Path(name)) is None


def _find_on_hub(run: Run, config: SourcesConfig, earlier: DataSource | None) -> DataSource:
    known = earlier.commit if earlier and earlier.kind == "hub" and earlier.uri == config.data else None
    dataset = resolve_dataset(
        config.data,
        configuration=config.configuration,
        revision=config.data_revision,
        known_commit=None if config.data_revision else known,
    )
    paths = download_dataset(dataset, lambda size: run.announce_download(config.data, size))
    unread = sorted(paths.keys() - {"train", "validation", "test"})
    if unread:
        run.notice(_("not read: {splits}", splits=", ".join(unread)))
    files = DataFiles(train=paths.get("train", ()), validation=paths.get("validation", ()), test=paths.get("test", ()))
    return DataSource(
        uri=config.data,
        kind="hub",
        commit=dataset.commit,
        licence=dataset.licence,
        files=_parts(config, files),
    )


def _parts(config: SourcesConfig, files: DataFiles) -> tuple[DataFile, ...]:
    test = files.test
    if config.test is not None:
        if files.test:
            raise UsageError(
                _("There are two test sets: one in the data, one given."),
                code="two_test_sets",
                where="sources.test",
                expected=_("one test set"),
                found=f"{files.test[0]}, {config.test}",
                remedy=_("Leave out --test, or give the training file alone as data."),
            )
        test = _given_test(Path(config.test))
    whole = "train" if test else "whole"
    parts = {"train": files.train, "validation": files.validation, "test": test, whole: files.whole or files.train}
    if not test and files.train:
        parts = {"whole": files.train, "validation": files.validation}
    return tuple(_data_file(path, part) for part, paths in parts.items() for path in paths)


def _given_test(path: Path) -> tuple[Path, ...]:
    files = find_data_files(path, needs_train=False)
    test = files.test or files.whole
    if not test:
        raise UsageError(
            _("This folder holds no test rows: by its name, each file is of another split."),
            code="no_test_files",
            where=str(path),
            found=", ".join(file.name for file in (*files.train, *files.validation)),
            remedy=_("Give the file itself with --test."),
        )
    return test


def _data_file(path: Path, part: str) -> DataFile:
    with translated_read_errors(path):
        return DataFile.model_validate(
            {"path": str(path), "part": part, "sha256": sha256_of_file(path), "size": path.stat().st_size}
        )


def _refuse_hub_settings(config: SourcesConfig) -> None:
    for setting in ("configuration", "data_revision"):
        if getattr(config, setting) is not None:
            raise UsageError(
                _("This setting only has an effect on a data set of the Hub."),
                code="setting_without_effect",
                where=f"sources.{setting}",
                found=config.data,
                remedy=_("Leave it out."),
            )
