"""Bundles of tiny models, made once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from methods_at_work import LABELS, Learnt, easy_rows, learn, write_bundle

from heptune.bundle.predictor import Predictor

SPLITS = {"train": easy_rows(24), "validation": easy_rows(9, seed=1)}


@dataclass(frozen=True)
class TinyBundle:
    """A bundle's folder, which must not be changed, and its predictor."""

    folder: Path
    predictor: Predictor


@pytest.fixture(scope="session")
def bundle(tiny_model: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., TinyBundle]:
    """Give the bundle of a tiny architecture or of tfidf."""
    made: dict[str, TinyBundle] = {}

    def give(name: str) -> TinyBundle:
        if name not in made:
            place = tmp_path_factory.mktemp("bundle")
            model = None if name == "tfidf" else tiny_model(name)
            learnt = learn(place / "encoded", SPLITS, name="full" if model else "tfidf", model=model, epochs=2)
            if model:
                _tell_texts_apart(learnt)
            made[name] = TinyBundle(place / "bundle", write_bundle(learnt, place / "bundle", LABELS))
        return made[name]

    return give


def _tell_texts_apart(learnt: Learnt) -> None:
    """A network of a few steps answers nearly alike to every text, and no comparison of answers would show anything."""
    import torch

    with torch.no_grad():
        for weight in learnt.method.pretrained.classifier.parameters():
            weight.mul_(3.0)


@pytest.fixture(params=["tfidf", "bert"])
def copied(request: pytest.FixtureRequest, bundle: Callable[[str], TinyBundle], tmp_path: Path) -> Path:
    """A bundle that the test may change."""
    return shutil.copytree(bundle(request.param).folder, tmp_path / "copied")
