"""Predicting with TF-IDF and logistic regression, from JSON and safetensors; no pickle, no torch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.runtimes.runtime import TextScores, softmax
from heptune.storage.hidden_errors import unhidden_system_errors

VOCABULARY_FILE = "tfidf.json"
WEIGHTS_FILE = "tfidf.safetensors"
# Each view of a text, and how scikit-learn's TfidfVectorizer is set for it.
VIEWS: Mapping[str, Mapping[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}


def make_vectorizer(view: str, **options: object) -> Any:  # noqa: ANN401 - untyped library
    """Return scikit-learn's vectorizer for one view, not yet fitted."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, dtype=np.float64, **VIEWS[view], **options)


@dataclass(frozen=True, slots=True)
class TfidfModel:
    """A fitted model.

    Attributes:
        vectorizers: One fitted vectorizer a view; a view in which the training texts have no term is left out.
        coefficients: float64 `[C, F]` over the views' terms side by side.
        intercept: float64 `[C]`; -inf for a class that training never saw.
    """

    vectorizers: Mapping[str, Any]
    coefficients: npt.NDArray[np.float64]
    intercept: npt.NDArray[np.float64]

    def save(self, folder: Path) -> None:
        """Write the model's two files.

        Raises:
            OSError: the disk is full, or the folder does not let us write.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        terms = {view: terms_of(vectorizer) for view, vectorizer in self.vectorizers.items()}
        (folder / VOCABULARY_FILE).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
        arrays = {f"idf.{view}": np.ascontiguousarray(v.idf_) for view, v in self.vectorizers.items()}
        arrays |= {"coefficients": np.ascontiguousarray(self.coefficients), "intercept": self.intercept}
        with unhidden_system_errors(SafetensorError):
            save_file(arrays, folder / WEIGHTS_FILE)


class TfidfRuntime:
    """Scores texts with a fitted model.

    Args:
        model: As fitted or as opened.
    """

    def __init__(self, model: TfidfModel) -> None:
        self._model = model

    @classmethod
    def open(cls, folder: Path) -> "TfidfRuntime":
        """Open the two files that `TfidfModel.save` wrote.

        Raises:
            InvalidInputError: they are missing or do not fit together.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            terms = json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8"))
            arrays = load_file(folder / WEIGHTS_FILE)
            vectorizers = {
                view: restore_vectorizer(view, terms[view], arrays[f"idf.{view}"]) for view in VIEWS if view in terms
            }
            model = TfidfModel(vectorizers, arrays["coefficients"], arrays["intercept"])
            if model.coefficients.shape != (len(model.intercept), sum(map(len, terms.values()))):
                raise ValueError(_("the terms and the weights do not fit together"))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, SafetensorError) as error:
            raise InvalidInputError(
                _("The tfidf model cannot be read."), code="bad_bundle", where=str(folder), found=str(error)
            ) from error
        return cls(model)

    def score(self, texts: Sequence[str]) -> TextScores:
        """Score texts; their order is kept. A text without any known term is scored by the intercept."""
        features = features_of(self._model.vectorizers, texts)
        logits = features @ self._model.coefficients.T + self._model.intercept
        nothing = np.zeros(len(texts), dtype=bool)
        return TextScores(softmax(np.asarray(logits)), truncated=nothing, without_tokens=nothing)

    @property
    def record(self) -> None:
        """Nothing: there is no network."""

    def bf16_difference(self, _texts: Sequence[str]) -> None:
        """Return nothing: there is one precision."""


def features_of(vectorizers: Mapping[str, Any], texts: Sequence[str]) -> Any:  # noqa: ANN401 - a scipy sparse matrix
    """Return the sparse features `[n, F]` of texts, the views side by side."""
    from scipy.sparse import csr_array, hstack

    if not len(texts) or not vectorizers:  # scikit-learn transforms no empty list, and scipy joins none
        return csr_array((len(texts), sum(len(vectorizer.vocabulary_) for vectorizer in vectorizers.values())))
    return hstack([vectorizer.transform(texts) for vectorizer in vectorizers.values()], format="csr")


def terms_of(vectorizer: Any) -> list[str]:  # noqa: ANN401 - untyped library
    """Return the vectorizer's terms in the order of its features."""
    return sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)


def restore_vectorizer(view: str, terms: Sequence[str], idf: npt.NDArray[np.float64]) -> Any:  # noqa: ANN401
    """Return a fitted vectorizer of these terms, with their inverse document frequencies `[F]`."""
    vectorizer = make_vectorizer(view, vocabulary={term: index for index, term in enumerate(terms)})
    vectorizer.idf_ = idf
    return vectorizer
