"""What any model has to beat: always the commonest class, and TF-IDF with logistic regression."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.methods.tfidf import MOST_ROWS, fit_tfidf
from heptune.runtimes.tfidf_runtime import TfidfRuntime

MAJORITY = "majority"
TFIDF = "tfidf"
_MAJORITY_FILE = "majority.json"


def fit_baselines(train: pa.Table, folder: Path, *, class_count: int, check: Callable[[], None]) -> tuple[str, ...]:
    """Fit the baselines and write them to `folder`.

    Args:
        train: Rows with `text` and `label` (inner class id).
        folder: Where to write.
        class_count: C.
        check: Polled between the baselines.

    Returns:
        Their names.
    """
    classes = train["label"].to_numpy()
    shares = np.bincount(classes, minlength=class_count) / len(classes)
    (folder / _MAJORITY_FILE).write_text(json.dumps({"probabilities": shares.tolist()}), encoding="utf-8")
    check()
    if len(train) > MOST_ROWS:
        train = train.take(np.sort(np.random.default_rng(0).permutation(len(train))[:MOST_ROWS]))
    model = fit_tfidf(train["text"].to_pylist(), train["label"].to_numpy(), class_count=class_count)
    (folder / TFIDF).mkdir()
    model.save(folder / TFIDF)
    return MAJORITY, TFIDF


def score_baseline(name: str, folder: Path, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return probabilities `[n, C]` of one of the baselines in `folder`."""
    if name == TFIDF:
        return TfidfRuntime.open(folder / TFIDF).score(texts).probabilities
    shares = json.loads((folder / _MAJORITY_FILE).read_text(encoding="utf-8"))["probabilities"]
    return np.tile(np.array(shares), (len(texts), 1))
