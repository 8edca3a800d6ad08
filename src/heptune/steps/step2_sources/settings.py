"""Settings of step 2."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from heptune.data.files import find_data_files
from heptune.errors import HeptuneError
from heptune.schemas.config import Config
from heptune.schemas.sources import STARTER

SAMPLES = {"sample:english": "english", "sample:chinese": "chinese"}


class SourcesConfig(Config):
    """Which pretrained model and which data."""

    data: str = Field(
        description="A file (CSV, TSV, JSONL, JSON, Parquet, Arrow, Excel), a folder with train, validation and test "
        "files, a data set on the Hub, or the built-in sample:english and sample:chinese."
    )
    test: str | None = Field(None, description="Rows to test on, where the data do not bring them: a file or a folder.")
    model: str | None = Field(None, description="A model folder, a model on the Hub, or starter.")
    method: Literal["auto", "tfidf", "full"] = Field(
        "auto",
        description="How to learn: full fine-tunes all weights of the model, tfidf needs no model. "
        "auto is full where a model is given or starter is installed, else tfidf.",
    )
    configuration: str | None = Field(None, description="Which table of a Hub data set that has several.")
    data_revision: str | None = Field(None, description="Branch, tag or commit of a Hub data set.")
    model_revision: str | None = Field(None, description="Branch, tag or commit of a Hub model.")


def local_files(config: SourcesConfig) -> dict[str, str]:
    """Return size and time of change of every local file that the sources name, so that a changed one is noticed."""
    return {str(path): f"{status.st_size}:{status.st_mtime_ns}" for path in _paths(config) for status in (path.stat(),)}


def _paths(config: SourcesConfig) -> Iterator[Path]:
    for name in (config.data, config.test):
        if name and name not in SAMPLES:
            yield from _data_files(Path(name))
    model = Path(config.model) if config.model and config.model != STARTER else None
    if model and model.is_dir():
        yield from sorted(file for file in model.iterdir() if file.is_file())


def _data_files(path: Path) -> Iterator[Path]:
    """Yield the files that would be read; what else lies in the folder (run folders, say) may change."""
    try:
        files = find_data_files(path)
    except HeptuneError:  # the step itself raises it
        return
    for part in (files.train, files.validation, files.test, files.whole):
        yield from part
