"""Answers of a review, brought to the rows that they belong to."""

from collections.abc import Sequence
from pathlib import Path

from heptune.checks.rows import CheckedRows
from heptune.data.label_names import label_number
from heptune.data.review_file import Answer
from heptune.data.spreadsheet_text import is_same, restored
from heptune.errors import Fault, InvalidInputError
from heptune.i18n import Sentence, _
from heptune.schemas.dataset import LabelInfo


def answered_classes(
    answers: Sequence[Answer],
    rows: CheckedRows,
    *,
    file_labels: Sequence[str],
    labels: Sequence[LabelInfo],
    answers_file: Path,
) -> dict[int, int]:
    """Return the class of each row that was answered, by the row's number.

    Args:
        answers: As they were read.
        rows: Of the data.
        file_labels: What the review calls each file.
        labels: The classes.
        answers_file: To name it in an error.

    Raises:
        InvalidInputError: with every answer that belongs to no row, or names no label, or contradicts another.
    """
    places = {
        (file_labels[file], position): row
        for row, (file, position) in enumerate(zip(rows.files.tolist(), rows.positions.tolist(), strict=True))
    }
    chosen: dict[int, int] = {}
    faults: list[Fault] = []
    for answer in answers:
        row = places.get((answer.file, answer.row), places.get((restored(answer.file), answer.row)))
        new = label_number(answer.new_label, labels)
        fault = _fault(answer, row, new, rows, labels)
        if fault is None and row is not None and new is not None and chosen.setdefault(row, new) != new:
            fault = _("another answer for the same row says {label}", label=labels[chosen[row]].name)
        if fault is not None:
            faults.append(Fault(_("line {line}", line=answer.line), fault))
    if faults or not answers:
        raise InvalidInputError(
            _("{file}: {count} answers cannot be applied", file=answers_file.name, count=len(faults))
            if faults
            else _("{file} holds no answer: nothing stands in the column new_label", file=answers_file.name),
            code="bad_answers" if faults else "no_answers",
            where=str(answers_file),
            expected=_("labels of the data: {labels}", labels=", ".join(label.name for label in labels)),
            remedy=_("Write labels into the column new_label alone; nothing was changed."),
            faults=faults,
        )
    return chosen


def _fault(
    answer: Answer, row: int | None, new: int | None, rows: CheckedRows, labels: Sequence[LabelInfo]
) -> Sentence | None:
    if row is None:
        return _("{file} has no row {row} with a text and a label", file=answer.file, row=answer.row)
    if not is_same(rows.texts[row].as_py(), answer.text):
        return _("the text is not that of row {row} of {file}", row=answer.row, file=answer.file)
    if label_number(answer.label, labels) != rows.classes[row]:
        return _("the label is not that of row {row} of {file}", row=answer.row, file=answer.file)
    if new is None:
        return _("{label} is no label of the data", label=repr(answer.new_label))
    return None
