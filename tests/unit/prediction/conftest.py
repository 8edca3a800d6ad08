"""A classifier that is made up, so that what is looked at is the way of the rows."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from heptune.bundle.layout import BundleInfo
from heptune.bundle.predictor import Predictor
from heptune.prediction.source import open_files
from heptune.prediction.task import Task
from heptune.runtimes.runtime import TextScores
from heptune.schemas.dataset import LabelInfo
from heptune.storage.artifacts import MANIFEST


class ByLength:
    """Long texts are b, short ones a."""

    record = None

    def score(self, texts: Sequence[str]) -> TextScores:
        high = np.array([min(len(text), 99) / 100 for text in texts])
        nothing = np.zeros(len(texts), dtype=bool)
        return TextScores(np.stack([1 - high, high], axis=1), nothing, nothing)

    def bf16_difference(self, _texts: Sequence[str]) -> None:
        return None


def give_task(folder: Path) -> Callable[..., Task]:
    """Give the task to score a file; the bundle's folder holds a manifest alone."""
    labels = tuple(LabelInfo(name=name, identifier=name) for name in "ab")
    info = BundleInfo(heptune_version="0", runtime="tfidf", labels=labels, max_length=None, golden=(), provenance={})
    bundle = folder / "bundle"
    bundle.mkdir()
    (bundle / MANIFEST).write_text("{}")

    def give(path: Path, text_column: str | None = None, **settings: object) -> Task:
        source = open_files(path, text_column, learnt_from=None)
        return Task(lambda _first: Predictor(info, ByLength()), bundle, source, **settings)

    return give


@pytest.fixture
def task(tmp_path: Path) -> Callable[..., Task]:
    """Give the task to score a file."""
    return give_task(tmp_path)


@pytest.fixture(scope="session")
def task_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Task]:
    """The same for properties, which look at many files in one test."""
    return give_task(tmp_path_factory.mktemp("bundle"))
