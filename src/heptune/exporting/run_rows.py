"""The rows of the run that made a bundle, to compare an export on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.rows import open_rows
from heptune.errors import HeptuneError
from heptune.i18n import Sentence, _
from heptune.schemas.training import PREDICTIONS, RunResult
from heptune.storage.artifacts import MANIFEST, sha256_of_file
from heptune.storage.step_files import read_result

# On which a choice may rest.
CHOOSING_SPLITS = ("validation", "calibration")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledTexts:
    """Texts with their right classes, int `[n]`."""

    texts: Sequence[str]
    labels: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class RunRows:
    """Rows of a run.

    Attributes:
        choosing: Of validation and calibration.
        test: None where the test rows were judged by other models than the one that ships.
        saved: The run's probabilities of the test rows, float64 `[n, C]`; nan for a row without an answer.
        saved_precision: In which these were made.
    """

    choosing: LabelledTexts
    test: LabelledTexts | None = None
    saved: npt.NDArray[np.float64] | None = None
    saved_precision: str | None = None


def rows_beside(bundle: Path, class_count: int) -> RunRows | Sentence:
    """Return the rows of the run in whose folder a bundle lies, or why there are none."""
    folder = bundle.resolve().parent
    try:
        result = read_result(folder, RunResult)
    except HeptuneError:
        return _("the result of the run beside the bundle cannot be read")
    if result is None:
        return _("the bundle does not lie in the folder of its run")
    if (folder / result.bundle) != bundle.resolve() or sha256_of_file(bundle / MANIFEST) != result.bundle_sha256:
        return _("the run beside the bundle has made another one")
    try:
        return _read(folder, result, class_count)
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return _("the rows of the run beside the bundle cannot be read")


def _read(folder: Path, result: RunResult, class_count: int) -> RunRows | Sentence:
    splits = [_split(folder, name) for name in CHOOSING_SPLITS]
    there = [split for split in splits if split is not None]
    if not there:
        return _("the run has set aside neither validation nor calibration rows")
    choosing = LabelledTexts(
        [text for split in there for text in split.texts], np.concatenate([split.labels for split in there])
    )
    test = None if result.cross_validation else _split(folder, "test")
    if test is None:
        return RunRows(choosing)
    saved = _saved(folder, class_count)
    if len(saved) != len(test.texts):
        return RunRows(choosing)
    return RunRows(choosing, test, saved, result.scoring.precision if result.scoring else None)


def _split(folder: Path, name: str) -> LabelledTexts | None:
    path = folder / "dataset" / f"{name}.arrow"
    if not path.is_file():
        return None
    rows = open_rows(path)
    return LabelledTexts(rows["text"].to_pylist(), np.array(rows["label"].to_numpy()))


def _saved(folder: Path, class_count: int) -> npt.NDArray[np.float64]:
    """Return the model's saved probabilities of the test rows, in their order."""
    table = open_rows(folder / PREDICTIONS)
    lists = table.filter(pa.compute.equal(table["split"], "test"))["model"].to_pylist()
    rows = [[np.nan] * class_count if row is None else row for row in lists]
    return np.array(rows, dtype=np.float64).reshape(len(rows), class_count)
