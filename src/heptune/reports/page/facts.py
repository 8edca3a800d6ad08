"""All that a page tells of a finished run, gathered from its folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from heptune.data.rows import TEST_GROUPS, open_groups
from heptune.errors import InvalidInputError
from heptune.evaluation.predictions import FloatArray, IntArray, predicted_classes
from heptune.i18n import _
from heptune.reports.conclusion import Conclusion, conclude
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.finding import CheckedResult, Finding
from heptune.schemas.model import ModelInfo
from heptune.schemas.results import RESULTS
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import PREDICTIONS, RunResult
from heptune.storage.artifacts import sha256_of_file
from heptune.storage.step_files import read_current_results, read_stored_step, stored_seconds

TEST_ROWS = Path("dataset", "test.arrow")
VERSION = "version:"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The model's answers to the test rows, in their order; none where they were not kept.

    Of rows that were judged several times over by cross-validation they are those of the first time.

    Attributes:
        truth: True classes, int `[n]`.
        predicted: Classes answered, int `[n]`; a wrong one for a row without an answer.
        scores: Their probabilities `[n]`.
    """

    truth: IntArray
    predicted: IntArray
    scores: FloatArray

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether the answer is the true class `[n]`."""
        return self.predicted == self.truth


@dataclass(frozen=True, slots=True, eq=False)
class RunFacts:
    """A finished run.

    Attributes:
        conclusion: What it comes to.
        sources: Step 2's result.
        dataset: Step 3's result.
        tokens: Step 4's result.
        model: Step 5's result.
        plan: Step 6's result.
        seconds: Of each step, by name.
        versions: Of the libraries that it was made with.
        findings: What each check says, found or not, in the order of the steps.
        answers: To the test rows.
        groups: Group of each test row where rows come in some that are alike `[n]`; None where they do not.
        mistake_texts: Texts of the surest mistakes, in their order; none where the rows are no longer there.
    """

    conclusion: Conclusion
    sources: Sources
    dataset: DatasetSplits
    tokens: TokenizedDataset
    model: ModelInfo
    plan: EvaluationPlan
    seconds: Mapping[str, float]
    versions: Mapping[str, str]
    findings: tuple[Finding, ...]
    answers: Answers
    groups: IntArray | None
    mistake_texts: tuple[str, ...]

    @property
    def result(self) -> RunResult:
        """Step 7's result."""
        return self.conclusion.result


def gather_facts(folder: Path) -> RunFacts | None:
    """Read a run folder; None where the run did not come to its end.

    Raises:
        InvalidInputError: a newer Heptune wrote it, or it is damaged, its answers to the test rows among it.
    """
    results = read_current_results(folder, RESULTS)
    conclusion = conclude(folder, results)
    if conclusion is None:
        return None
    (sources,) = (one for one in results if isinstance(one, Sources))
    (dataset,) = (one for one in results if isinstance(one, DatasetSplits))
    (tokens,) = (one for one in results if isinstance(one, TokenizedDataset))
    (model,) = (one for one in results if isinstance(one, ModelInfo))
    (plan,) = (one for one in results if isinstance(one, EvaluationPlan))
    stored = read_stored_step(folder, RunResult.step_number, RunResult.step_name)
    inputs, artifacts = (stored.inputs, stored.artifacts) if stored else ({}, {})
    _check_predictions(folder / PREDICTIONS, artifacts.get(PREDICTIONS))
    return RunFacts(
        conclusion=conclusion,
        sources=sources,
        dataset=dataset,
        tokens=tokens,
        model=model,
        plan=plan,
        seconds=stored_seconds(folder, RESULTS),
        versions={name.removeprefix(VERSION): value for name, value in inputs.items() if name.startswith(VERSION)},
        findings=tuple(chain.from_iterable(one.findings for one in results if isinstance(one, CheckedResult))),
        answers=_answers(folder / PREDICTIONS, classes=len(dataset.labels)),
        groups=_groups(folder / "dataset" / TEST_GROUPS) if dataset.group_by else None,
        mistake_texts=_texts(folder / TEST_ROWS, [mistake.row for mistake in conclusion.result.mistakes]),
    )


def _check_predictions(path: Path, sha256: str | None) -> None:
    """Refuse a file of answers that is not the one of this run; none at all is none."""
    if path.is_file() and sha256_of_file(path) != sha256:
        raise InvalidInputError(
            _("The answers to the test rows are not as they were written."),
            code="damaged_result",
            where=str(path),
            remedy=_("Run the same command again: the step is done anew."),
        )


def _answers(path: Path, *, classes: int) -> Answers:
    if not path.is_file():
        nothing = np.empty(0, dtype=np.int64)
        return Answers(nothing, nothing, np.empty(0))
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all().select(["split", "repetition", "label", "model"])
        test = table.filter((pc.field("split") == "test") & (pc.field("repetition") == 0))
        answers, truth = test["model"].combine_chunks(), np.array(test["label"].to_numpy())
    is_answered = answers.is_valid().to_numpy(zero_copy_only=False)
    probabilities = np.zeros((len(truth), classes))
    probabilities[is_answered] = answers.flatten().to_numpy().reshape(-1, classes)
    predicted = np.where(is_answered, predicted_classes(probabilities), truth == 0)
    return Answers(truth, predicted, probabilities.max(axis=1))


def _groups(path: Path) -> IntArray | None:
    try:
        return open_groups(path)
    except (OSError, pa.ArrowException):  # the rows are no longer there
        return None


def _texts(path: Path, rows: list[int]) -> tuple[str, ...]:
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
            return tuple(table["text"].take(pa.array(rows, pa.int64())).to_pylist())
    except (OSError, pa.ArrowException):  # the report does without them
        return ()
