"""One pass over the held-out rows, for the model and all baselines; what reports and comparisons read later."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.bundle.predictor import WINDOW, Predictor
from heptune.data.rows import TEST_GROUPS, open_groups
from heptune.evaluation.predictions import FloatArray, IntArray
from heptune.methods.baselines import PredictProba
from heptune.schemas.dataset import DatasetSplits
from heptune.storage.run_store import Run

MODEL = "model"
CLASS_COUNT = b"classes"
SCORED_SPLITS = ("validation", "calibration", "test")
_FIXED = {
    "split": pa.string(),
    "repetition": pa.int8(),
    "row": pa.int64(),
    "text_sha256": pa.string(),
    "label": pa.int32(),
    "truncated": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class SplitScores:
    """Scores of one split, by one and the same model or, out of fold, by those of one repetition.

    Attributes:
        classes: True inner class ids `[n]`.
        probabilities: float64 `[n, C]` of the model and of each baseline, by name.
        truncated: Rows that the model did not read to their ends `[n]`.
        answered: Rows with an answer of the model `[n]`.
    """

    classes: npt.NDArray[np.int32]
    probabilities: dict[str, npt.NDArray[np.float64]]
    truncated: npt.NDArray[np.bool_]
    answered: npt.NDArray[np.bool_]

    @property
    def unscored(self) -> int:
        """Rows without an answer of the model."""
        return int((~self.answered).sum())

    def of(self, rows: npt.NDArray[np.bool_]) -> "SplitScores":
        """Return the scores of some rows, given as a mask `[n]`."""
        chosen = {name: probabilities[rows] for name, probabilities in self.probabilities.items()}
        return SplitScores(self.classes[rows], chosen, self.truncated[rows], self.answered[rows])


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
    out_of_fold: Sequence[Mapping[str, FloatArray]] = (),
) -> dict[str, tuple[SplitScores, ...]]:
    """Score validation, calibration and test, and write every row's scores to `path`.

    The file has the columns split, repetition (from 0), row (position in its source), text_sha256, label (inner class
    id), truncated, and one list of probabilities for each classifier; of a text without an answer the list is null.

    Args:
        run: Polled between the windows.
        path: Where to write.
        splits: Rows by split.
        model: The bundle's answers.
        baselines: By name.
        class_count: C.
        out_of_fold: Probabilities `[n, C]` of the test rows by models that did not learn from them, by name of the
            classifier and for each repetition; none where no split holds any of the test rows.
    """
    classifiers = {MODEL: model.probabilities, **baselines}
    schema = _schema(tuple(classifiers), class_count)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for name in SCORED_SPLITS:
            if name not in splits or (name == "test" and out_of_fold):
                continue
            for batch in splits[name].to_batches(max_chunksize=WINDOW):
                run.interruption.check()
                texts = batch["text"].to_pylist()
                scores = {classifier: score(texts) for classifier, score in classifiers.items()}
                truncated = model.truncated_of_last(len(texts))
                writer.write_batch(_record_batch(name, 0, batch, texts, truncated, scores, schema))
        if out_of_fold:
            (batch,) = splits["test"].combine_chunks().to_batches()
            texts = batch["text"].to_pylist()
            model.probabilities(texts)  # it cuts the texts as the models of the folds did
            truncated = model.truncated_of_last(len(texts))
            for repetition, answers in enumerate(out_of_fold):
                writer.write_batch(_record_batch("test", repetition, batch, texts, truncated, answers, schema))
    return read_scores(path)


def read_scores(path: Path) -> dict[str, tuple[SplitScores, ...]]:
    """Return what `score_splits` wrote, by split; of each the repetitions, of which there is mostly one."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        scored: dict[str, tuple[SplitScores, ...]] = {}
        for start, end in pairwise(_starts(table)):
            name = table["split"][start].as_py()
            scored[name] = (*scored.get(name, ()), _split_scores(table.slice(start, end - start)))
        return scored


def _starts(table: pa.Table) -> list[int]:
    """Return where each repetition of a split begins, as they were written one after the other, and the end."""
    splits = table["split"].combine_chunks().dictionary_encode().indices.to_numpy()
    changes = np.diff(splits).astype(bool) | np.diff(table["repetition"].to_numpy()).astype(bool)
    return [0, *(np.flatnonzero(changes) + 1).tolist(), len(table)]


def _split_scores(rows: pa.Table) -> SplitScores:
    # Copies: the file is put in another place, which a mapped one hinders on some systems.
    classes, truncated = np.array(rows["label"].to_numpy()), np.array(rows["truncated"].to_numpy())
    class_count = int(rows.schema.metadata[CLASS_COUNT])
    names = [name for name in rows.column_names if name not in _FIXED]
    answered = rows[MODEL].combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    filled = {name: with_mistakes(_to_matrix(rows[name].combine_chunks(), class_count), classes) for name in names}
    return SplitScores(classes, filled, truncated, answered)


def _to_matrix(lists: pa.ListArray, class_count: int) -> npt.NDArray[np.float64]:
    """Return lists of so many numbers as `[n, C]`; nan for a null."""
    answered = lists.is_valid().to_numpy(zero_copy_only=False)
    matrix = np.full((len(lists), class_count), np.nan)
    matrix[answered] = lists.flatten().to_numpy().reshape(-1, class_count)
    return matrix


def with_mistakes(probabilities: FloatArray, classes: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """A row without an answer is a mistake: all but its true class share the probability."""
    unscored = np.isnan(probabilities).any(axis=1)
    filled = np.array(probabilities, dtype=np.float64)
    filled[unscored] = 1 / (probabilities.shape[1] - 1)
    filled[unscored, classes[unscored]] = 0.0
    return filled


def _schema(names: tuple[str, ...], class_count: int) -> pa.Schema:
    columns = [*_FIXED.items(), *((name, pa.list_(pa.float64())) for name in names)]
    return pa.schema(columns, metadata={CLASS_COUNT: str(class_count)})


def _record_batch(
    split: str,
    repetition: int,
    batch: pa.RecordBatch,
    texts: list[str],
    truncated: npt.NDArray[np.bool_],
    scores: Mapping[str, FloatArray],
    schema: pa.Schema,
) -> pa.RecordBatch:
    columns = [
        pa.array([split] * len(texts)),
        pa.array([repetition] * len(texts), pa.int8()),
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


def groups_of_test_rows(run: Run, dataset: DatasetSplits) -> IntArray | None:
    """Return the group of each test row, where they come in some that are alike `[n]`."""
    return open_groups(run.folder / "dataset" / TEST_GROUPS) if dataset.group_by else None
