"""One pass over the held-out rows, for the model and all baselines; what reports and comparisons read later."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.bundle.predictor import WINDOW, Predictor
from heptune.methods.baselines import PredictProba
from heptune.storage.run_store import Run

MODEL = "model"
SCORED_SPLITS = ("validation", "calibration", "test")


@dataclass(frozen=True, slots=True)
class SplitScores:
    """Scores of one split.

    Attributes:
        classes: True inner class ids `[n]`.
        probabilities: float64 `[n, C]` of the model and of each baseline, by name.
        unscored: Rows without an answer of the model.
    """

    classes: npt.NDArray[np.int32]
    probabilities: dict[str, npt.NDArray[np.float64]]
    unscored: int


class Answers:
    """Probabilities of a bundle's answers, text after text, and which of the texts it did not read to their ends.

    Args:
        predictor: The opened bundle.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._truncated: list[bool] = []

    def probabilities(self, texts: Iterable[str | None]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]`; nan for a text without an answer."""
        answers = self._predictor.predict(texts)
        self._truncated += [answer.truncated for answer in answers]
        return self._predictor.rows_of(answers)

    def truncated_of_last(self, count: int) -> npt.NDArray[np.bool_]:
        """Return which of the last texts were cut `[count]`."""
        return np.array(self._truncated[len(self._truncated) - count :], dtype=bool)


def score_splits(
    run: Run, path: Path, splits: Mapping[str, pa.Table], classifiers: Mapping[str, PredictProba]
) -> dict[str, SplitScores]:
    """Score validation, calibration and test, and write every row's scores to `path`.

    The file has the columns split, row (position in its source), text_sha256, label (inner class id), and one list of
    probabilities for each classifier; of a text without an answer the list is null.

    Args:
        run: Polled between the windows.
        path: Where to write.
        splits: Rows by split.
        classifiers: The model and the baselines, by name.
    """
    scored: dict[str, SplitScores] = {}
    schema = _schema(tuple(classifiers))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for name in SCORED_SPLITS:
            if name not in splits:
                continue
            windows: list[dict[str, npt.NDArray[np.float64]]] = []
            for batch in splits[name].to_batches(max_chunksize=WINDOW):
                run.interruption.check()
                texts = batch["text"].to_pylist()
                scores = {classifier: score(texts) for classifier, score in classifiers.items()}
                writer.write_batch(_record_batch(name, batch, texts, scores, schema))
                windows.append(scores)
            scored[name] = _join(splits[name], windows)
    return scored


def _join(rows: pa.Table, windows: list[dict[str, npt.NDArray[np.float64]]]) -> SplitScores:
    classes = rows["label"].to_numpy()
    probabilities = {name: np.concatenate([window[name] for window in windows]) for name in windows[0]}
    unscored = np.isnan(probabilities[MODEL]).any(axis=1)
    filled = {name: _with_mistakes(of_one, classes) for name, of_one in probabilities.items()}
    return SplitScores(classes, filled, int(unscored.sum()))


def _with_mistakes(probabilities: npt.NDArray[np.float64], classes: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """A row without an answer is a mistake: all but its true class share the probability."""
    unscored = np.isnan(probabilities).any(axis=1)
    filled = probabilities.copy()
    filled[unscored] = 1 / (probabilities.shape[1] - 1)
    filled[unscored, classes[unscored]] = 0.0
    return filled


def _schema(names: tuple[str, ...]) -> pa.Schema:
    fixed = [("split", pa.string()), ("row", pa.int64()), ("text_sha256", pa.string()), ("label", pa.int32())]
    return pa.schema([*fixed, *((name, pa.list_(pa.float64())) for name in names)])


def _record_batch(
    split: str,
    batch: pa.RecordBatch,
    texts: list[str],
    scores: Mapping[str, npt.NDArray[np.float64]],
    schema: pa.Schema,
) -> pa.RecordBatch:
    columns = [
        pa.array([split] * len(texts)),
        batch["position"],
        pa.array(_digests(texts)),
        batch["label"],
        *(
            pa.array([None if np.isnan(row).any() else row for row in scores[name]], pa.list_(pa.float64()))
            for name in scores
        ),
    ]
    return pa.record_batch(columns, schema=schema)


def _digests(texts: list[str]) -> Iterator[str]:
    return (hashlib.sha256(text.encode()).hexdigest() for text in texts)
