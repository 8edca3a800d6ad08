"""Predicting with a bundle: the one way, for command line, library and the scores of a run."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from heptune.bundle.layout import BundleInfo
from heptune.bundle.load import check_agreement, check_bundle, read_bundle
from heptune.bundle.runtime import open_runtime
from heptune.data.in_memory import as_texts
from heptune.data.text import is_blank
from heptune.errors import Fault, UsageError
from heptune.i18n import _
from heptune.runtimes.runtime import Runtime
from heptune.schemas.decisions import Acceptance
from heptune.schemas.scoring import ScoringRecord

# What is scored in memory at a time; the runtime sorts each window by length.
WINDOW = 4_096
# What scoring with a network may leave out.
SPEEDUPS = ("fused_activations", "kept_memory", "packing")


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one text.

    Attributes:
        label: The class with the highest score; None where there is no answer.
        score: Its probability; None where there is no answer.
        scores: Probability of every class, by name in class order; empty where there is no answer.
        truncated: The text was longer than the model reads.
        needs_review: Whether a person should look, as the score is below what was promised; None where the bundle
            promises nothing.
        label_set: Labels among which the right one is as often as the bundle says; None where it says nothing.
        decision: The class of the least expected cost; None where the bundle knows no costs.
        error: Why there is no answer (`empty_text`, `broken_text`, `no_tokens`); None where there is one.
    """

    label: str | None
    score: float | None
    scores: dict[str, float]
    truncated: bool
    error: str | None
    needs_review: bool | None = None
    label_set: tuple[str, ...] | None = None
    decision: str | None = None


class Predictor:
    """Scores texts with an opened bundle; the answer for a text depends on that text alone.

    Args:
        info: The bundle's description.
        runtime: The bundle's runtime.
    """

    def __init__(self, info: BundleInfo, runtime: Runtime) -> None:
        self.info = info
        self._runtime = runtime

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        precision: Literal["fp32", "bf16"] | None = None,
        most_rows: int | None = None,
        without: Collection[str] = (),
        check: bool = True,
    ) -> "Predictor":
        """Open a bundle.

        Args:
            folder: The bundle.
            precision: Of the matrix products of a network; None takes bf16 where it is fast on this machine and agreed
                with fp32 when the bundle was made.
            most_rows: Most texts of a network's batch; None leaves it to the token budget.
            without: Names of speed-ups of a network that are left out (`SPEEDUPS`).
            check: Compare its files with the manifest first.

        Raises:
            MissingError: there is no bundle, or it needs an extra.
            InvalidInputError: it is damaged, changed or newer than this version.
            UsageError: there is no such precision, speed-up or size of a batch, or what is set has no effect on this
                bundle.
        """
        _refuse_others(precision=precision, most_rows=most_rows, without=without)
        info = read_bundle(folder)
        if info.runtime == "tfidf":
            reason = _("has no effect with the method {method}", method="tfidf")
            _refuse_idle_options(folder, reason, precision=precision, most_rows=most_rows, without=without or None)
        if info.runtime == "onnx":
            reason = _("has no effect with an ONNX export, which is in {precision}", precision=info.precision)
            _refuse_idle_options(folder, reason, precision=precision, without=without or None)
        if check:
            check_bundle(folder)
            check_agreement(folder, info)
        runtime = open_runtime(
            info.runtime,
            folder,
            precision=precision or "auto",
            exported_precision=info.precision,
            bf16_difference=info.bf16_difference,
            most_rows=most_rows,
            without=without,
        )
        return cls(info, runtime)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes in class order."""
        return tuple(label.name for label in self.info.labels)

    @property
    def scoring(self) -> ScoringRecord | None:
        """How the last texts were scored; None before the first, and with the method tfidf."""
        return self._runtime.record

    def predict(self, texts: Iterable[str | None]) -> list[Prediction]:
        """Return an answer or a named error for each text, in their order; a missing one has none.

        Raises:
            UsageError: what was given is no list or column of texts.
        """
        rows = as_texts(texts)
        predictions: list[Prediction] = []
        for start in range(0, len(rows), WINDOW):
            predictions += self._predict_window(rows[start : start + WINDOW])
        return predictions

    def predict_proba(self, texts: Iterable[str | None]) -> npt.NDArray[np.float64]:
        """Return probabilities `[n, C]` in class order; nan for a text without an answer.

        Raises:
            UsageError: what was given is no list or column of texts.
        """
        return self.rows_of(self.predict(texts))

    def rows_of(self, predictions: Sequence[Prediction]) -> npt.NDArray[np.float64]:
        """Return the probabilities of answers `[n, C]` in class order; nan for a text without one."""
        rows = [list(prediction.scores.values()) or [np.nan] * len(self.labels) for prediction in predictions]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.labels))

    def _predict_window(self, texts: Sequence[str | None]) -> list[Prediction]:
        errors = [_error_of(text) for text in texts]
        readable = [text for text, error in zip(texts, errors, strict=True) if text is not None and error is None]
        scores = self._runtime.score(readable)
        answers = zip(scores.probabilities, scores.truncated, scores.without_tokens, strict=True)
        return [self._no_answer(error) if error else self._answer(*next(answers)) for error in errors]

    def _answer(self, probabilities: npt.NDArray[np.float64], truncated: bool, without_tokens: bool) -> Prediction:
        if without_tokens:
            return self._no_answer("no_tokens")
        best = int(probabilities.argmax())
        return Prediction(
            label=self.labels[best],
            score=float(probabilities[best]),
            scores=dict(zip(self.labels, probabilities.tolist(), strict=True)),
            truncated=bool(truncated),
            error=None,
            needs_review=needs_review(self.info.decisions.acceptance, float(probabilities[best])),
            label_set=self._label_set(probabilities),
            decision=self._decision(probabilities),
        )

    def _no_answer(self, error: str) -> Prediction:
        # A person has to look at what nobody can answer, where people look at all.
        review = True if self.info.decisions.acceptance else None
        return Prediction(label=None, score=None, scores={}, truncated=False, error=error, needs_review=review)

    def _label_set(self, probabilities: npt.NDArray[np.float64]) -> tuple[str, ...] | None:
        """Return the labels of the set, the most probable first; all of them where nothing can be promised."""
        sets = self.info.decisions.label_sets
        if sets is None:
            return None
        least = 0.0 if sets.threshold is None else min(sets.threshold, probabilities.max())
        order = np.argsort(-probabilities, kind="stable")
        return tuple(self.labels[number] for number in order if probabilities[number] >= least)

    def _decision(self, probabilities: npt.NDArray[np.float64]) -> str | None:
        costs = self.info.decisions.costs
        return None if costs is None else self.labels[int((probabilities @ np.array(costs)).argmin())]


def needs_review(acceptance: Acceptance | None, score: float) -> bool | None:
    """Return whether a person should look at an answer with this score; None where nothing is promised."""
    if acceptance is None:
        return None
    return acceptance.threshold is None or score < acceptance.threshold


def describe_error(error: str) -> str:
    """Return the sentence for the name of an error in a prediction."""
    return {
        "empty_text": _("there is nothing to read in this text"),
        "broken_text": _("half a surrogate pair stands in this text; it is no valid Unicode"),
        "no_tokens": _("the model's tokenizer finds nothing in this text"),
    }[error]


def _error_of(text: str | None) -> str | None:
    if text is None or is_blank(text):
        return "empty_text"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "broken_text"
    return None


def _refuse_others(*, precision: str | None, most_rows: int | None, without: Collection[str]) -> None:
    if precision not in ("fp32", "bf16", None):
        raise UsageError(
            _("There is no such precision."),
            code="unknown_precision",
            where="precision",
            expected="fp32, bf16",
            found=str(precision),
        )
    if most_rows is not None and most_rows < 1:
        raise UsageError(
            _("A batch has at least one text."),
            code="no_batch",
            where="most_rows",
            expected=_("at least 1"),
            found=str(most_rows),
        )
    if unknown := [without] if isinstance(without, str) else [name for name in without if name not in SPEEDUPS]:
        raise UsageError(
            _("There is no such speed-up in scoring."),
            code="unknown_speedup",
            where="without",
            expected=_("a list of {names}", names=", ".join(SPEEDUPS)),
            found=", ".join(unknown),
        )


def _refuse_idle_options(folder: Path, reason: str, **options: object) -> None:
    idle = [name for name, value in options.items() if value is not None]
    if idle:
        raise UsageError(
            _("Some settings have no effect."),
            code="setting_without_effect",
            where=str(folder),
            faults=[Fault(name, reason) for name in idle],
            remedy=_("Leave them out."),
        )
