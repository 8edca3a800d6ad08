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
from heptune.bundle.layout import BUNDLE_FILE, influences_prediction
from heptune.bundle.predictor import Predictor
from heptune.bundle.write import write_info
from heptune.data.in_memory import as_array, as_column, as_list, as_texts, is_missing, labels_by_name
from heptune.data.label_kinds import kind_of, label_of
from heptune.errors import InvalidInputError, UsageError
from heptune.i18n import _
from heptune.recipe import make_recipe
from heptune.storage.artifacts import MANIFEST, atomic_folder, read_manifest, translated_write_errors
from heptune.storage.foreign import foreign_content
from heptune.storage.leftovers import put_back


class TextClassifier:
    """Fine-tunes a pretrained model on texts and labels, and predicts labels of any kind that came in.

    Texts and labels may be lists, numpy arrays, pandas or polars series, or Arrow arrays.

    Args:
        model: A model folder, a model on the Hub, `starter`, or `auto` for the best model at hand; None takes the best
            method that is at hand.
        method: `auto`, `full`, `linear-probe` or `tfidf`.
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
        """Learn from texts and their labels; see `run_.result.test` for the scores.

        A fifth of the rows is kept to test on; below 500 rows all are judged by cross-validation, which takes ten
        trainings more.

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

        Args:
            folder: A new or empty folder, or a bundle, which is replaced.

        Raises:
            UsageError: the folder holds other things than a bundle.
            ResourceError: it cannot be written.
        """
        info = self._ready().info.model_copy(update={"label_kind": kind_of(self.classes_)})
        assert self._folder is not None  # noqa: S101 - set together with the predictor
        path = Path(folder).absolute()  # "." has no name
        put_back(path)
        _refuse_foreign_folder(path)
        with atomic_folder(path, influences_prediction=influences_prediction) as temporary:
            for name in read_manifest(self._folder).files:
                shutil.copyfile(self._folder / name, temporary / name)
            write_info(temporary, info)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Open a bundle. Labels come back as int, float, bool or str, whichever the classifier that saved it learnt.

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
        predictor = load(folder)
        stored = _stored_labels(predictor, folder)
        self._folder, self._predictor = folder, predictor
        self.classes_ = as_array([originals.get(name, label) for name, label in stored.items()])

    def _ready(self) -> Predictor:
        if self._predictor is None:
            raise UsageError(_("This classifier has not learnt anything yet."), code="not_fitted", remedy="fit, load")
        return self._predictor


def _stored_labels(predictor: Predictor, folder: Path) -> dict[str, Any]:
    """Return the bundle's labels by their names, in class order."""
    kind = predictor.info.label_kind
    try:
        return {name: label_of(name, kind) for name in predictor.labels}
    except ValueError as error:
        raise InvalidInputError(
            _("The labels of this bundle are not of the kind that it says."),
            code="bad_bundle",
            where=str(folder / BUNDLE_FILE),
            expected=kind,
            found=str(error),
            remedy=_("Copy the bundle again as a whole."),
        ) from error


def _refuse_foreign_folder(path: Path) -> None:
    with translated_write_errors(path):
        found = foreign_content(path, marks={BUNDLE_FILE, MANIFEST})
    if found:
        raise UsageError(
            _("This folder is not a bundle that could be replaced."),
            code="not_a_bundle",
            where=str(path),
            expected=_("a new or empty folder, or a bundle"),
            found=found,
            remedy=_("Choose another folder."),
        )


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
