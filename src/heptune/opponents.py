"""What the user has today: answers in a file, or an earlier bundle, brought to the test rows by the text."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.bundle.layout import BUNDLE_FILE
from heptune.bundle.predictor import Predictor
from heptune.data.label_names import label_number
from heptune.data.readers.open_table import open_table
from heptune.data.rows import texts_of
from heptune.data.table import TextTable
from heptune.errors import Fault, InvalidInputError, MissingError, UsageError
from heptune.evaluation.predictions import IntArray
from heptune.i18n import Sentence, _
from heptune.schemas.dataset import DatasetSplits, LabelInfo
from heptune.schemas.evaluation import BASELINES, Opponent
from heptune.storage.artifacts import MANIFEST, sha256_of_file

# What a column of answers is called, the first of these that is there.
ANSWER_COLUMNS = ("answer", "prediction", "predicted", "predicted_label")


@dataclass(frozen=True, slots=True, eq=False)
class OpponentAnswers:
    """Its answers to the test rows.

    Attributes:
        name: Of its file or of its run.
        predicted: Classes, int `[n]`; the number of classes where an answer is none of them, or there is none.
        answered: Which rows have an answer `[n]`.
        unknown: How many answers are none of the classes.
    """

    name: str
    predicted: IntArray
    answered: npt.NDArray[np.bool_]
    unknown: int


def opponent_files(places: Iterable[str]) -> dict[str, str]:
    """Return a digest of each place, so that a changed one is noticed.

    Raises:
        MissingError: nothing is there.
    """
    return {place: describe_opponent(Path(place)).sha256 for place in places}


def refuse_missing(places: Iterable[str]) -> None:
    """Refuse places at which there is nothing to compare with.

    Raises:
        MissingError: naming the first.
    """
    for place in map(Path, places):
        if not ((place / BUNDLE_FILE).is_file() or place.is_file()):
            raise MissingError(
                _("There is nothing to compare with here."),
                code="no_opponent",
                where=str(place),
                expected=_("a file with texts and answers, or the folder bundle/ of a run"),
            )


def describe_opponent(place: Path) -> Opponent:
    """Return what stands at a place.

    Raises:
        MissingError: nothing does.
    """
    refuse_missing([str(place)])
    if place.is_file():
        return Opponent(name=place.name, kind="answers", sha256=sha256_of_file(place))
    manifest = place / MANIFEST
    digest = sha256_of_file(manifest if manifest.is_file() else place / BUNDLE_FILE)
    inner = place.resolve().name == "bundle"
    return Opponent(name=(place.resolve().parent if inner else place.resolve()).name, kind="bundle", sha256=digest)


def refuse_same_names(opponents: Sequence[Opponent]) -> None:
    """Refuse names that would be taken for each other.

    Raises:
        UsageError: naming one.
    """
    names = [opponent.name for opponent in opponents]
    twice = [name for name in names if name in BASELINES or names.count(name) > 1]
    if twice:
        raise UsageError(
            _("Two things to compare with have the same name."),
            code="same_name",
            where="evaluation.against",
            found=twice[0],
            remedy=_("Give one of them another name."),
        )


def check_opponent(
    opponent: Opponent, place: Path, rows: pa.Table, dataset: DatasetSplits, data_files: Collection[str]
) -> Sentence | None:
    """Refuse before training what could not be compared with after it; see `opponent_answers`.

    Args:
        opponent: What stands at the place.
        place: A file or a bundle.
        rows: The test rows.
        dataset: Knows the classes and the columns.
        data_files: sha256 of the files that the test rows are from.

    Returns:
        What to mind in the comparison; None where there is nothing.

    Raises:
        InvalidInputError: the file or the bundle does not fit the classes or the rows.
        MissingError: nothing is there, or the bundle needs an extra.
    """
    if opponent.kind == "answers":
        opponent_answers(opponent, place, rows, dataset)
        return None
    predictor = Predictor.open(place)
    if all(label_number(label, dataset.labels) is None for label in predictor.labels):
        raise _no_class(opponent.name, place, predictor.labels, dataset.labels)
    made_from = predictor.info.provenance.get("data", {})
    other_split = made_from.get("splits", {}).get("test") != dataset.splits["test"].sha256
    if other_split and set(made_from.get("files", {}).values()) & set(data_files):
        return _(
            "{name} was made from the same files with other test rows: it has learnt from some of these, and its score "
            "here is too high",
            name=opponent.name,
        )
    return None


def opponent_answers(opponent: Opponent, place: Path, rows: pa.Table, dataset: DatasetSplits) -> OpponentAnswers:
    """Return the answers to the test rows.

    Args:
        opponent: What stands at the place.
        place: A file or a bundle.
        rows: The test rows.
        dataset: Knows the classes and the columns.

    Raises:
        InvalidInputError: the file has no such columns, gives two answers to one text, or answers no test row.
        MissingError: nothing is there, or the bundle needs an extra.
    """
    texts = list(texts_of(rows))
    if opponent.kind == "bundle":
        answers: Sequence[str | None] = [answer.label for answer in Predictor.open(place).predict(texts)]
    else:
        by_text = _read_answers(place, dataset)
        answers = [by_text.get(text) for text in texts]
    answered = np.array([answer is not None for answer in answers], dtype=bool)
    if not answered.any():
        raise InvalidInputError(
            _("{file} answers none of the test rows", file=opponent.name),
            code="no_answers",
            where=str(place),
            expected=_("the texts of the test rows, letter for letter"),
        )
    numbers = {answer: label_number(answer, dataset.labels) for answer in set(answers) if answer is not None}
    if all(number is None for number in numbers.values()):
        raise _no_class(opponent.name, place, numbers, dataset.labels)
    nothing = len(dataset.labels)
    of_answers = {answer: nothing if number is None else number for answer, number in numbers.items()}
    predicted = np.array([nothing if answer is None else of_answers[answer] for answer in answers], dtype=np.int64)
    return OpponentAnswers(opponent.name, predicted, answered, int((predicted[answered] == nothing).sum()))


def _read_answers(path: Path, dataset: DatasetSplits) -> dict[str, str]:
    """Return the answer to each text; an empty one is none."""
    table = open_table(path)
    text_column, answer_column = _columns(table, dataset)
    answers: dict[str, str] = {}
    faults: list[Fault] = []
    for chunk in table.chunks((text_column, answer_column)):
        cells = (chunk.columns[name].to_pylist() for name in (text_column, answer_column))
        for position, text, answer in zip(chunk.positions.to_pylist(), *cells, strict=True):
            if not text or not answer or not answer.strip():
                continue
            if answers.setdefault(text, answer.strip()).casefold() != answer.strip().casefold():
                where, other = _("line {line}", line=position), answers[text]
                faults.append(Fault(where, _("another answer for the same text says {label}", label=repr(other))))
    if faults:
        raise InvalidInputError(
            _("{file} gives two answers to one text", file=path.name),
            code="two_answers",
            where=str(path),
            remedy=_("Leave one of them."),
            faults=faults,
        )
    return answers


def _columns(table: TextTable, dataset: DatasetSplits) -> tuple[str, str]:
    text = next((name for name in (dataset.text_column, "text") if name in table.columns), None)
    others = [name for name in table.columns if name != text]
    answer = next((name for name in ANSWER_COLUMNS if name in others), None)
    if answer is None and len(others) == 1:  # a label beside further columns may be the truth
        answer = others[0]
    if text is None or answer is None:
        raise InvalidInputError(
            _("{file} has no columns with texts and answers", file=table.path.name),
            code="missing_column",
            where=str(table.path),
            expected=_(
                "a column {text}, and one of {answers}", text=dataset.text_column, answers=", ".join(ANSWER_COLUMNS)
            ),
            found=", ".join(table.columns),
            remedy=_("Name the columns so."),
        )
    return text, answer


def _no_class(name: str, place: Path, answers: Iterable[str], labels: Sequence[LabelInfo]) -> InvalidInputError:
    return InvalidInputError(
        _("No answer of {file} is one of the classes", file=name),
        code="no_class",
        where=str(place),
        expected=", ".join(label.name for label in labels[:20]),
        found=", ".join(sorted(answers)[:20]),
        remedy=_("Write the answers as the labels of the data are written."),
    )
