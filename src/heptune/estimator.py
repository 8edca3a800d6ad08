"""A classifier in the style of scikit-learn."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from heptune.api import FinishedRun, load, run_recipe
from heptune.bundle.layout import influences_prediction
from heptune.bundle.predictor import Predictor
from heptune.data.in_memory import as_array, as_column, as_list, as_texts, is_missing, labels_by_name
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _
from heptune.recipe import make_recipe
from heptune.storage.artifacts import atomic_folder, read_manifest


class TextClassifier:
    """Fine-tunes a pretrained model on texts and labels, and predicts labels of any kind that came in.

    Texts and labels may be lists, numpy arrays, pandas or polars series, or Arrow arrays.

    Args:
        model: A model folder, a model on the Hub, or `starter`; None takes the best method that is at hand.
        method: `auto`, `full` or `tfidf`.
        seed: Moves split, head and training together.
        out: Run folder to keep; None uses a temporary one and keeps the bundle in memory's reach only.
        sections: Further settings by step, as in a recipe: `training={"epochs": 3}`.

    Attributes:
        classes_: The labels in class order, in the type in which they came in.
        run_: What the last `fit` left; None after `load`.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        method: str = "auto",
        seed: int = 42,
        out: str | Path | None = None,
        **sections: Mapping[str, Any],
    ) -> None:
        self.model = model
        self.method = method
        self.seed = seed
        self.out = out
        self.sections = sections
        self.run_: FinishedRun | None = None
        self.classes_: npt.NDArray[Any] = np.empty(0)
        self._folder: Path | None = None
        self._predictor: Predictor | None = None

    def fit(self, texts: Iterable[str | None], labels: Iterable[Any]) -> Self:
        """Learn from texts and their labels; a fifth of them is kept to test on, see `run_.result.test`.

        Raises:
            HeptuneError: with what is wrong and what to do.
        """
        text_list, label_list = as_texts(texts), as_list(labels)
        _refuse_other_length(text_list, label_list)
        originals = labels_by_name(label_list)
        place = Path(tempfile.mkdtemp(prefix="heptune-"))
        weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        data = place / "train.parquet"
        names = [None if is_missing(label) else str(label) for label in label_list]
        pq.write_table(pa.table({"text": as_column(text_list), "label": as_column(names)}), data)
        recipe = make_recipe(self._settings(data), self.sections)
        self.run_ = run_recipe(recipe, out=Path(self.out) if self.out else place / "run", fresh=True)
        self._open(self.run_.bundle, originals)
        return self

    def predict(self, texts: Iterable[str | None]) -> npt.NDArray[Any]:
        """Return the label of each text `[n]`, in the type of `classes_`.

        Raises:
            InvalidInputError: a text gives nothing to score; `heptune.load(...).predict` answers row by row instead.
        """
        return self.classes_[self.predict_proba(texts).argmax(axis=1)]

    def predict_proba(self, texts: Iterable[str | None]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in the order of `classes_`.

        Raises:
            InvalidInputError: a text gives nothing to score.
        """
        probabilities = self._ready().predict_proba(as_texts(texts))
        empty = np.flatnonzero(np.isnan(probabilities).any(axis=1))
        if len(empty):
            raise InvalidInputError(
                _("{count} texts give nothing to score.", count=len(empty)),
                code="empty_text",
                where=_("row {row} (from 0)", row=int(empty[0])),
                remedy=_("Leave them out, or use heptune.load(bundle).predict, which answers row by row."),
            )
        return probabilities

    def score(self, texts: Iterable[str | None], labels: Iterable[Any]) -> float:
        """Return the accuracy on texts and their labels; after `load` labels of any type are compared by name.

        Raises:
            UsageError: there are not as many labels as texts, or none.
            InvalidInputError: a text gives nothing to score.
        """
        text_list, label_list = as_texts(texts), as_list(labels)
        _refuse_other_length(text_list, label_list)
        answers = zip(self.predict(text_list), label_list, strict=True)
        return float(np.mean([answer == label or str(answer) == str(label) for answer, label in answers]))

    def save(self, folder: str | Path) -> None:
        """Write the bundle to a folder that `load`, `heptune predict` and `transformers.pipeline` open.

        Raises:
            ResourceError: it cannot be written.
        """
        self._ready()
        assert self._folder is not None  # noqa: S101 - set together with the predictor
        with atomic_folder(Path(folder), influences_prediction=influences_prediction) as temporary:
            for name in read_manifest(self._folder).files:
                shutil.copyfile(self._folder / name, temporary / name)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Open a bundle. Its labels come back as text, the form in which a bundle keeps them.

        Raises:
            MissingError: there is no bundle.
            InvalidInputError: it is damaged.
        """
        classifier = cls()
        classifier._open(Path(folder), {})
        return classifier

    def _settings(self, data: Path) -> dict[str, Any]:
        model = {"model": str(self.model)} if self.model else {}
        return {
            "sources": {"data": str(data), "method": self.method, **model},
            "dataset": {"seed": self.seed, "text_column": "text", "label_column": "label"},
            "model": {"seed": self.seed},
            "training": {"seed": self.seed},
        }

    def _open(self, folder: Path, originals: Mapping[str, Any]) -> None:
        self._folder = folder
        self._predictor = load(folder)
        self.classes_ = as_array([originals.get(name, name) for name in self._predictor.labels])

    def _ready(self) -> Predictor:
        if self._predictor is None:
            raise UsageError(_("This classifier has not learnt anything yet."), code="not_fitted", remedy="fit, load")
        return self._predictor


def _refuse_other_length(texts: Sequence[Any], labels: Sequence[Any]) -> None:
    if not texts:
        raise UsageError(_("There is no text."), code="no_texts")
    if len(texts) != len(labels):
        raise UsageError(
            _("There are not as many labels as texts."),
            code="lengths_differ",
            expected=_("{count} labels", count=len(texts)),
            found=str(len(labels)),
        )
