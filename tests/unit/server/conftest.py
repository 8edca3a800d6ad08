"""A tfidf bundle with three labels, and a server of two names before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from methods_at_work import easy_rows, learn, write_bundle
from server_at_work import Running, running

from heptune.server.models import ServedModel, open_models


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle, which must not be changed."""
    place = tmp_path_factory.mktemp("served")
    splits = {"train": easy_rows(24), "validation": easy_rows(9, seed=1)}
    write_bundle(learn(place / "encoded", splits, name="tfidf"), place / "bundle")
    return place / "bundle"


@pytest.fixture(scope="session")
def models(bundle_folder: Path) -> list[ServedModel]:
    """The bundle under two names."""
    return open_models([f"tickets={bundle_folder}", f"other={bundle_folder}"])


@pytest.fixture(scope="module")
def server(models: list[ServedModel]) -> Iterator[Running]:
    """A server of both."""
    with running(models) as one:
        yield one
