"""One pass over the held-out rows, for the model and all baselines; what reports and comparisons read later."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from heptune.bundle.predictor import WINDOW, Predictor
from heptune.methods.baselines import PredictProba
from heptune.storage.run_store import Run

MODEL = "model"
CLASS_COUNT = b"classes"
SCORED_SPLITS = ("validation", "calibration", "test")
_FIXED = {
    "split": pa.string(),
    "row": pa.int64(),
    "text_sha256": pa.string(),
    "label": pa.int32(),
    "truncated": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class SplitScores:
    """Scores of one split.

    Attributes:
        classes: True inner class ids `[n]`.
        probabilities: float64 `[n, C]` of the model and of each baseline, by name.
        truncated: Rows that the model did not read to their ends `[n]`.
        unscored: Rows without an answer of the model.
    """

    classes: npt.NDArray[np.int32]
    probabilities: dict[str, npt.NDArray[np.float64]]
    truncated: npt.NDArray[np.bool_]
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
    run: Run,
    path: Path,
    splits: Mapping[str, pa.Table],
    model: Answers,
    baselines: Mapping[str, PredictProba],
    *,
    class_count: int,
) -> dict[str, SplitScores]:
    """Score validation, calibration and test, and write every row's scores to `path`.

    The file has the columns split, row (position in its source), text_sha256, label (inner class id), truncated, and
    one list of probabilities for each classifier; of a text without an answer the list is null.

    Args:
        run: Polled between the windows.
        path: Where to write.
        splits: Rows by split.
        model: The bundle's answers.
        baselines: By name.
        class_count: C.
    """
    classifiers = {MODEL: model.probabilities, **baselines}
    schema = _schema(tuple(classifiers), class_count)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for name in SCORED_SPLITS:
            if name not in splits:
                continue
            for batch in splits[name].to_batches(max_chunksize=WINDOW):
                run.interruption.check()
                texts = batch["text"].to_pylist()
                scores = {classifier: score(texts) for classifier, score in classifiers.items()}
                truncated = model.truncated_of_last(len(texts))
                writer.write_batch(_record_batch(name, batch, texts, truncated, scores, schema))
    return read_scores(path)


def read_scores(path: Path) -> dict[str, SplitScores]:
    """Return what `score_splits` wrote, by split."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(table["split"]).to_pylist()}
        # Each split is a run of rows, in the order in which they were written.
        ends = dict(zip(counts, np.cumsum(list(counts.values())).tolist(), strict=True))
        return {name: _split_scores(table.slice(ends[name] - count, count)) for name, count in counts.items()}


def _split_scores(rows: pa.Table) -> SplitScores:
    # Copies: the file is put in another place, which a mapped one hinders on some systems.
    classes, truncated = np.array(rows["label"].to_numpy()), np.array(rows["truncated"].to_numpy())
    class_count = int(rows.schema.metadata[CLASS_COUNT])
    names = [name for name in rows.column_names if name not in _FIXED]
    unscored = rows[MODEL].null_count
    filled = {name: with_mistakes(_to_matrix(rows[name].combine_chunks(), class_count), classes) for name in names}
    return SplitScores(classes, filled, truncated, unscored)


def _to_matrix(lists: pa.ListArray, class_count: int) -> npt.NDArray[np.float64]:
    """Return lists of so many numbers as `[n, C]`; nan for a null."""
    answered = lists.is_valid().to_numpy(zero_copy_only=False)
    matrix = np.full((len(lists), class_count), np.nan)
    matrix[answered] = lists.flatten().to_numpy().reshape(-1, class_count)
    return matrix


def with_mistakes(probabilities: npt.NDArray[np.float64], classes: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """A row without an answer is a mistake: all but its true class share the probability."""
    unscored = np.isnan(probabilities).any(axis=1)
    filled = probabilities.copy()
    filled[unscored] = 1 / (probabilities.shape[1] - 1)
    filled[unscored, classes[unscored]] = 0.0
    return filled


def _schema(names: tuple[str, ...], class_count: int) -> pa.Schema:
    columns = [*_FIXED.items(), *((name, pa.list_(pa.float64())) for name in names)]
    return pa.schema(columns, metadata={CLASS_COUNT: str(class_count)})


def _record_batch(
    split: str,
    batch: pa.RecordBatch,
    texts: list[str],
    truncated: npt.NDArray[np.bool_],
    scores: Mapping[str, npt.NDArray[np.float64]],
    schema: pa.Schema,
) -> pa.RecordBatch:
    columns = [
        pa.array([split] * len(texts)),
        batch["position"],
        pa.array(_digests(texts)),
        batch["label"],
        pa.array(truncated),
        *(
            pa.array([None if np.isnan(row).any() else row for row in scores[name]], pa.list_(pa.float64()))
            for name in scores
        ),
    ]
    return pa.record_batch(columns, schema=schema)


def _digests(texts: list[str]) -> Iterator[str]:
    return (hashlib.sha256(text.encode()).hexdigest() for text in texts)
