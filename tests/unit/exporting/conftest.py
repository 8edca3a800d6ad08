"""Tiny bundles and their exports, made once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from methods_at_work import easy_rows, learn, write_bundle

from heptune.bundle.predictor import Predictor
from heptune.bundle_export import export
from heptune.schemas.export import ExportReport

# Not in the order of the alphabet, nor in that of the rows.
DECLARED = ("positive", "negative", "neutral")
SPLITS = {"train": easy_rows(120), "validation": easy_rows(9, seed=1)}


@dataclass(frozen=True)
class Exported:
    """A bundle and its export, which must not be changed; both opened, the bundle in fp32."""

    bundle: Path
    folder: Path
    report: ExportReport
    original: Predictor
    predictor: Predictor


@pytest.fixture(scope="session")
def tiny_bundle(tiny_model: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the bundle of a tiny architecture whose answers differ from text to text."""
    made: dict[str, Path] = {}

    def give(architecture: str) -> Path:
        if architecture not in made:
            place = tmp_path_factory.mktemp("bundle")
            learnt = learn(place / "encoded", SPLITS, model=tiny_model(architecture), labels=DECLARED, epochs=6)
            write_bundle(learnt, place / "bundle", DECLARED)
            made[architecture] = place / "bundle"
        return made[architecture]

    return give


@pytest.fixture(scope="session")
def exported(tiny_bundle: Callable[[str], Path]) -> Callable[..., Exported]:
    """Give the export of a tiny architecture."""
    made: dict[tuple[str, str], Exported] = {}

    def give(architecture: str, to: str = "onnx") -> Exported:
        if (architecture, to) not in made:
            bundle = tiny_bundle(architecture)
            # Random weights have wide scales; what int8 makes of real ones is for the slow tests.
            report = export(bundle, to, max_accuracy_loss=100.0)
            folder = Path(report.folder)
            original = Predictor.open(bundle, precision="fp32")
            made[architecture, to] = Exported(bundle, folder, report, original, Predictor.open(folder))
        return made[architecture, to]

    return give


@pytest.fixture
def copied(exported: Callable[..., Exported], tmp_path: Path) -> Path:
    """An export that the test may change."""
    return shutil.copytree(exported("bert").folder, tmp_path / "copied")
