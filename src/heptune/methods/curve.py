"""How good a method is with fewer rows than there are."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.splits import folds, stratified_split
from heptune.evaluation.predictions import predicted_classes
from heptune.methods.method import Method, TrainingSettings, Watch

VALIDATION_SHARE, MOST_VALIDATION_ROWS = 0.1, 1_000


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRows:
    """Answers of models that learnt from different numbers of rows, to rows that none of them learnt from.

    Attributes:
        sizes: Rows learnt from, ascending `[k]`.
        classes: True classes of the judged rows, int `[n]`.
        predicted: Answers at each size, int `[k, n]`.
        groups: Judged rows of one group are copies or nearly `[n]`.
    """

    sizes: tuple[float, ...]
    classes: npt.NDArray[np.int64]
    predicted: npt.NDArray[np.int64]
    groups: npt.NDArray[np.integer]

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each is right `[k, n]`."""
        return self.predicted == self.classes


def judge_by_size(
    make_method: Callable[[], Method],
    texts: Sequence[str],
    classes: npt.NDArray[np.int64],
    groups: npt.NDArray[np.integer],
    shares: Sequence[float],
    settings: TrainingSettings,
    watch: Watch,
    *,
    fold_count: int,
    used_folds: int,
) -> JudgedRows:
    """Learn from growing parts of the rows and judge those of a fold that was kept out.

    Args:
        make_method: Makes a method that has learnt nothing yet.
        texts: All rows.
        classes: Their inner class ids `[n]`.
        groups: Rows of one group stand in one fold `[n]`.
        shares: Of the rows of the other folds that are learnt from, ascending; smaller parts lie within larger ones.
        settings: How to train.
        watch: Polled and told.
        fold_count: Into how many folds the rows are divided.
        used_folds: How many of them are judged.
    """
    judged_rows, predicted, sizes = [], [], []
    dealt = [rows for rows in folds(classes, groups, seed=0, count=fold_count) if 0 < len(rows) < len(classes)]
    for judged in dealt[:used_folds]:
        others = np.random.default_rng(0).permutation(np.setdiff1d(np.arange(len(texts)), judged))
        counts = [max(2, round(share * len(others))) for share in shares]
        answers = [
            _learn_and_answer(make_method(), texts, classes, groups, others[:count], judged, settings, watch)
            for count in counts
        ]
        judged_rows.append(judged)
        predicted.append(np.stack(answers))
        sizes.append(counts)
    rows = np.concatenate(judged_rows)
    learnt = tuple(np.mean(sizes, axis=0).tolist())
    return JudgedRows(learnt, classes[rows], np.concatenate(predicted, axis=1), groups[rows])


def _learn_and_answer(
    method: Method,
    texts: Sequence[str],
    classes: npt.NDArray[np.int64],
    groups: npt.NDArray[np.integer],
    learnt: npt.NDArray[np.int64],
    judged: npt.NDArray[np.int64],
    settings: TrainingSettings,
    watch: Watch,
) -> npt.NDArray[np.int64]:
    """Return the classes that the method gives the judged rows."""
    watch.check()
    learnt = np.sort(learnt)
    aside = min(MOST_VALIDATION_ROWS, round(VALIDATION_SHARE * len(learnt)))
    rest, chosen = stratified_split(classes[learnt], aside, 0, groups[learnt])
    parts = {"train": learnt[rest], "validation": learnt[chosen]}
    splits = {name: _table(texts, classes, rows) for name, rows in parts.items() if len(rows)}
    with tempfile.TemporaryDirectory() as place:
        method.encode(splits, Path(place), max_length=None)
        method.initialize(Path(place), seed=settings.seed)
        method.fit(splits, Path(place), settings, watch)
        probabilities = method.predict_proba([texts[row] for row in judged.tolist()])
    return predicted_classes(np.nan_to_num(probabilities, nan=0.0)).astype(np.int64)


def _table(texts: Sequence[str], classes: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> pa.Table:
    chosen = pa.array([texts[row] for row in rows.tolist()], pa.large_string())
    return pa.table({"text": chosen, "label": pa.array(classes[rows].astype(np.int32))})
