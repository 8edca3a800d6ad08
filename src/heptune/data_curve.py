"""The library's verb for what more labels are worth: `curve`."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from heptune.checked_data import CheckedData, read_data, recipe_to_look
from heptune.evaluation.confusion import class_rates, confusion_matrix
from heptune.evaluation.intervals import wilson
from heptune.evaluation.learning_curve import gains_of_rows
from heptune.i18n import _
from heptune.methods.create import create_method
from heptune.methods.curve import JudgedRows, judge_by_size
from heptune.methods.method import Method, Watch
from heptune.schemas.learning_curve import CurvePoint, LearningCurve, MeasuredCurve
from heptune.steps.step2_sources.model_source import model_path
from heptune.steps.step7_training.settings import TrainingConfig
from heptune.storage.events import Event, Listener

LEARNT_SPLITS = ("train", "validation", "calibration")
# Shares of the rows outside a fold. The cheap method has every row judged; of the model one fold has to do.
CHEAP_SHARES, CHEAP_FOLDS = (0.125, 0.25, 0.5, 1.0), 5
MODEL_SHARES = (0.25, 0.5, 1.0)
# With fewer rows the smallest part holds next to nothing.
FEWEST_ROWS = 200
MORE_ROWS = 1_000


def curve(
    data: str | Path,
    *,
    test: str | Path | None = None,
    model: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    sample: int | None = None,
    more: int = MORE_ROWS,
    listeners: tuple[Listener, ...] = (),
    **sections: Mapping[str, Any],
) -> LearningCurve:
    """Tell what more labelled rows are likely to be worth; nothing is written.

    TF-IDF learns from growing parts of the rows to learn from, and so does a model where one is named. Test rows, given
    or set aside, are left out: they are to judge what comes of it all.

    Args:
        data: A file, a folder, or a data set on the Hub.
        test: Rows to test on, where the data do not bring them.
        model: A model that is fine-tuned on the last parts; this takes as long as two runs.
        text_column: Found out unless given.
        label_column: Found out unless given.
        sample: Use so many of the training rows.
        more: Rows that may be labelled.
        listeners: Called with every event.
        sections: Further settings of how the data are found and read, by step: `dataset={"delimiter": ";"}`.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    recipe = recipe_to_look(
        data,
        sections,
        test=test,
        model=model,
        text_column=text_column,
        label_column=label_column,
        sample=sample,
    )
    with tempfile.TemporaryDirectory() as place:
        read = read_data(recipe, Path(place) / "look", listeners, splits=LEARNT_SPLITS)
        rows = len(read.rows)
        if rows < FEWEST_ROWS:
            reason = _("it takes {fewest:,} rows to learn from, and there are {rows:,}", fewest=FEWEST_ROWS, rows=rows)
            return LearningCurve(rows=rows, reason=reason)
        judged = {"tfidf": _judge(read, None, listeners)}
        if read.sources.model is not None and read.sources.method != "tfidf":
            source = read.sources.model
            folder = model_path(source, lambda _name, _size: None)
            judged[source.name] = _judge(read, folder, listeners)
    wanted = sorted({rows + more, 2 * rows, 4 * rows})
    curves = [_measured(name, one, rows, wanted) for name, one in judged.items()]
    return LearningCurve(rows=rows, curves=tuple(curves), label_first=_worst(list(judged.values())[-1], read))


def _judge(read: CheckedData, folder: Path | None, listeners: Sequence[Listener]) -> JudgedRows:
    learnt = np.arange(len(read.rows))
    names = read.dataset.label_names

    def make() -> Method:
        return create_method("tfidf" if folder is None else read.sources.method, folder, names)

    def tell(message: str) -> None:
        for listener in listeners:
            listener(Event("notice", {"message": message}))

    return judge_by_size(
        make,
        read.rows.texts_of(learnt),
        read.rows.classes[learnt].astype(np.int64),
        read.rows.near.groups[learnt],
        CHEAP_SHARES if folder is None else MODEL_SHARES,
        TrainingConfig().settings(metric="accuracy", max_minutes=None),
        Watch(check=lambda: None, progress=lambda *_names, **_fields: None, notice=tell),
        fold_count=CHEAP_FOLDS,
        used_folds=CHEAP_FOLDS if folder is None else 1,
    )


def _measured(name: str, judged: JudgedRows, rows: int, wanted: Sequence[int]) -> MeasuredCurve:
    right = judged.right
    gains = gains_of_rows(judged.sizes, right, rows, wanted, groups=judged.groups)
    return MeasuredCurve(
        method=name,
        judged=right.shape[1],
        points=tuple(
            CurvePoint(rows=round(size), accuracy=wilson(int(hits.sum()), right.shape[1]))
            for size, hits in zip(judged.sizes, right, strict=True)
        ),
        gains={size - rows: gain for size, gain in zip(wanted, gains, strict=True)},
    )


def _worst(judged: JudgedRows, read: CheckedData, count: int = 3) -> dict[str, float]:
    names = read.dataset.label_names
    f1 = class_rates(confusion_matrix(judged.classes, judged.predicted[-1], len(names))).f1
    judged_classes = np.flatnonzero(np.bincount(judged.classes, minlength=len(names)))
    order = judged_classes[np.argsort(f1[judged_classes], kind="stable")][:count]
    return {names[number]: round(float(f1[number]), 4) for number in order.tolist()}
