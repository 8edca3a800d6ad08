"""Settings of step 2."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from heptune.data.files import find_data_files
from heptune.errors import Fault, HeptuneError
from heptune.i18n import _
from heptune.schemas.config import Config
from heptune.schemas.data_files import format_of
from heptune.schemas.sources import AUTOMATIC, STARTER, AskedMethod
from heptune.storage.artifacts import translated_read_errors

SAMPLES = {"sample:english": "english", "sample:chinese": "chinese"}
_HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")


class SourcesConfig(Config):
    """Which pretrained model and which data."""

    data: str = Field(
        min_length=1,
        description="A file (CSV, TSV, JSONL, JSON, Parquet, Arrow, Excel), a folder with train, validation and test "
        "files, a data set on the Hub, or the built-in sample:english and sample:chinese.",
    )
    test: str | None = Field(
        None,
        min_length=1,
        description="Rows to test on, where the data do not bring them; named as data are. Of several splits the one "
        "named test is taken.",
    )
    model: str | None = Field(
        None,
        min_length=1,
        description="A model folder, a model on the Hub, starter, or auto: the best for the texts that is on this "
        "machine.",
    )
    method: AskedMethod = Field(
        "auto",
        description="How to learn: full fine-tunes all weights of the model, linear-probe fits a logistic regression "
        "on its features, tfidf needs no model. "
        "auto is full where a model is given or starter is installed, else tfidf.",
    )
    configuration: str | None = Field(None, description="Which table of a Hub data set that has several.")
    data_revision: str | None = Field(None, description="Branch, tag or commit of a Hub data set.")
    model_revision: str | None = Field(None, description="Branch, tag or commit of a Hub model.")


def is_hub_dataset(name: str) -> bool:
    """`data/train.csv` is a path even where nothing is there: a misspelt one is no question to the Hub."""
    return bool(_HUB_NAME.fullmatch(name)) and not _is_there(name) and format_of(Path(name)) is None


def is_hub_model(name: str | None) -> bool:
    """Whether a model's name is one to look up on the Hub."""
    return name not in (None, STARTER, AUTOMATIC) and not _is_there(str(name))


def _is_there(name: str) -> bool:
    with translated_read_errors(Path(name)):
        return Path(name).exists()


def idle_settings(config: SourcesConfig) -> Iterator[Fault]:
    """Yield the settings that are given and have no effect with this model and these data."""
    for setting in ("configuration", "data_revision"):
        if getattr(config, setting) is not None and not is_hub_dataset(config.data):
            yield Fault(f"sources.{setting}", _("only has an effect on a data set of the Hub"))
    if config.model_revision is not None and not is_hub_model(config.model):
        yield Fault("sources.model_revision", _("only has an effect on a model of the Hub"))


def local_files(config: SourcesConfig) -> dict[str, str]:
    """Return size and time of change of every local file that the sources name, so that a changed one is noticed.

    Raises:
        InvalidInputError: the system does not let us look.
    """
    with translated_read_errors(Path(config.model or config.data)):
        statuses = {path: path.stat() for path in _paths(config)}
    return {str(path): f"{status.st_size}:{status.st_mtime_ns}" for path, status in statuses.items()}


def _paths(config: SourcesConfig) -> Iterator[Path]:
    yield from _data_files(config.data, needs_train=True)
    if config.test:
        yield from _data_files(config.test, needs_train=False)
    model = Path(config.model) if config.model and config.model not in (STARTER, AUTOMATIC) else None
    if model and model.is_dir():
        with translated_read_errors(model):
            files = sorted(file for file in model.iterdir() if file.is_file())
        yield from files


def _data_files(name: str, *, needs_train: bool) -> Iterator[Path]:
    """Yield the files that would be read; what else lies in the folder (run folders, say) may change."""
    if name in SAMPLES:
        return
    try:
        files = find_data_files(Path(name), needs_train=needs_train)
    except HeptuneError:  # the step itself raises it
        return
    for part in (files.train, files.validation, files.test, files.whole):
        yield from part
