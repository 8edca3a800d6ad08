"""What any model has to beat: always the commonest class, and TF-IDF with logistic regression."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.methods.tfidf import fit_tfidf, rows_to_fit
from heptune.runtimes.tfidf_runtime import TfidfRuntime

MAJORITY = "majority"
TFIDF = "tfidf"
_MAJORITY_FILE = "majority.json"

PredictProba = Callable[[Sequence[str]], npt.NDArray[np.float64]]


def fit_baselines(
    train: pa.Table, folder: Path, *, class_count: int, check: Callable[[], None], notice: Callable[[str], None]
) -> tuple[str, ...]:
    """Fit the baselines and write them to `folder`.

    Args:
        train: Rows with `text` and `label` (inner class id).
        folder: Where to write.
        class_count: C.
        check: Polled between the baselines.
        notice: Tells the user a sentence.

    Returns:
        Their names.
    """
    classes = train["label"].to_numpy()
    shares = np.bincount(classes, minlength=class_count) / len(classes)
    (folder / _MAJORITY_FILE).write_text(json.dumps({"probabilities": shares.tolist()}), encoding="utf-8")
    check()
    train = rows_to_fit(train, seed=0, notice=notice)
    model = fit_tfidf(train["text"].to_pylist(), train["label"].to_numpy(), class_count=class_count)
    (folder / TFIDF).mkdir()
    model.save(folder / TFIDF)
    return MAJORITY, TFIDF


def open_baseline(name: str, folder: Path) -> PredictProba:
    """Open one of the baselines in `folder`; what is returned gives texts their probabilities `[n, C]`."""
    if name == TFIDF:
        runtime = TfidfRuntime.open(folder / TFIDF)
        return lambda texts: runtime.score(texts).probabilities
    shares = np.array(json.loads((folder / _MAJORITY_FILE).read_text(encoding="utf-8"))["probabilities"])
    return lambda texts: np.tile(shares, (len(texts), 1))
