"""Answers as columns beside those of the rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import pyarrow as pa

from heptune.bundle.layout import BundleInfo
from heptune.bundle.predictor import Prediction
from heptune.prediction.rows import Column, Rows

Scores = Literal["all", "top", "none"]
BAD_ROW = "bad_row"


class AnswersTexts(Protocol):
    """What answers texts: an opened bundle, or workers that have opened it."""

    @property
    def info(self) -> BundleInfo:
        """The bundle's description."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes in class order."""
        ...

    def predict(self, texts: Iterable[str | None]) -> list[Prediction]:
        """Return an answer or a named error for each text, in their order."""
        ...


# Put before a name of ours where the file has a column of that name.
PREFIX = "predicted_"


@dataclass(slots=True)
class Counts:
    """What has been answered so far.

    Attributes:
        rows: All of them.
        errors: Rows without an answer, by the name of the error.
        truncated: Texts that were longer than the model reads.
        needs_review: Answers that a person should look at.
    """

    rows: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    truncated: int = 0
    needs_review: int = 0

    def add(self, answers: Sequence[Prediction], faults: Mapping[int, str]) -> None:
        """Count some more answers, whose rows have these faults."""
        self.rows += len(answers)
        for row, answer in enumerate(answers):
            if row in faults:
                self.errors[BAD_ROW] += 1
            elif answer.error:
                self.errors[answer.error] += 1
            self.truncated += answer.truncated
            self.needs_review += bool(answer.needs_review)


class Answering:
    """Puts the answers of a bundle beside rows.

    Args:
        predictor: What answers the texts.
        scores: Those of all labels, that of the answer alone, or none.
        nested: Whether a column may hold several values by name, as in JSON; else each label has a column.
        taken: Names of the columns that the rows have.
    """

    def __init__(self, predictor: AnswersTexts, *, scores: Scores, nested: bool, taken: Collection[str]) -> None:
        self.counts = Counts()
        self._predictor = predictor
        self._scores = scores
        self._nested = nested
        fields = _fields(predictor.info, scores, nested=nested)
        self._names = {name: _free_name(name, taken) for name in fields}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are put beside those of the rows."""
        return tuple(self._names.values())

    def answer(self, rows: Rows) -> dict[str, Column]:
        """Return the columns of the rows and the answers, each `[n]`."""
        answers = self._predictor.predict(rows.texts)
        self.counts.add(answers, rows.faults)
        found = self._arrays(answers, rows.faults)
        return dict(rows.columns) | {name: found[field] for field, name in self._names.items()}

    def _arrays(self, answers: Sequence[Prediction], faults: Mapping[int, str]) -> dict[str, pa.Array]:
        errors = [f"{BAD_ROW}: {faults[row]}" if row in faults else answer.error for row, answer in enumerate(answers)]
        return {
            "label": pa.array([answer.label for answer in answers], pa.string()),
            "score": pa.array([answer.score for answer in answers], pa.float64()),
            **self._score_arrays(answers),
            "label_set": pa.array([answer.label_set for answer in answers], pa.list_(pa.string())),
            "decision": pa.array([answer.decision for answer in answers], pa.string()),
            "needs_review": pa.array([answer.needs_review for answer in answers], pa.bool_()),
            "truncated": pa.array([answer.truncated for answer in answers], pa.bool_()),
            "error": pa.array(errors, pa.string()),
        }

    def _score_arrays(self, answers: Sequence[Prediction]) -> dict[str, pa.Array]:
        if self._scores != "all":
            return {}
        by_label = {
            label: pa.array([answer.scores.get(label) for answer in answers], pa.float64())
            for label in self._predictor.labels
        }
        if not self._nested:
            return {f"score_{label}": scores for label, scores in by_label.items()}
        missing = pa.array([answer.label is None for answer in answers], pa.bool_())
        arrays = list(by_label.values())
        return {"scores": pa.StructArray.from_arrays(arrays, names=list(by_label), mask=missing)}


def _free_name(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name = PREFIX + name
    return name


def _fields(info: BundleInfo, scores: Scores, *, nested: bool) -> tuple[str, ...]:
    """Return what is told of an answer: what the bundle says nothing of is left out."""
    labels = [label.name for label in info.labels]
    of_all = ["scores"] if nested else [f"score_{label}" for label in labels]
    decisions = info.decisions
    told = {
        "label": True,
        "score": scores != "none",
        **dict.fromkeys(of_all, scores == "all"),
        "label_set": decisions.label_sets is not None,
        "decision": decisions.costs is not None,
        "needs_review": decisions.acceptance is not None,
        "truncated": True,
        "error": True,
    }
    return tuple(name for name, is_told in told.items() if is_told)
