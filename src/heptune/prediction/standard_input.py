"""Standard input: one text a line, or one JSON object a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from heptune.data.readers.json_rows import Batch, JsonFaultError, decode, to_row
from heptune.i18n import _
from heptune.prediction.rows import Rows, with_faults

# Answers to so many lines come at once.
LINES_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts that are at hand, and then lines as they come.

    Attributes:
        texts: Those at hand.
        stream: Lines in bytes, UTF-8; those that are not are faults of theirs alone.
        text_column: Key of the text where a line is a JSON object; None where a line is a text.
    """

    texts: Sequence[str]
    stream: Iterable[bytes]
    text_column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that is known beforehand."""
        return (self.text_column or "text",)

    def batches(self) -> Iterator[Rows]:
        """Yield the rows; see `Source.batches`."""
        if self.texts:
            yield Rows(self.texts, {self.columns[0]: list(self.texts)}, {})
        numbered = enumerate(self.stream, start=1)
        while window := list(islice(numbered, LINES_AT_ONCE)):
            faults: dict[int, str] = {}
            lines = {number: text for number, line in window if (text := _decoded(number, line, faults)) is not None}
            yield _objects(lines, self.text_column, faults) if self.text_column else _texts(lines, faults)


def _decoded(number: int, line: bytes, faults: dict[int, str]) -> str | None:
    try:
        # A byte-order mark at the start is no text.
        return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        faults[number] = _at(number, _("holds bytes that are no {encoding}", encoding="UTF-8"))
        return None


def _texts(lines: dict[int, str], faults: dict[int, str]) -> Rows:
    texts = [lines.get(number) for number in sorted({**lines, **faults})]
    numbers = {number: row for row, number in enumerate(sorted({**lines, **faults}))}
    return Rows(texts, {"text": texts}, {numbers[number]: fault for number, fault in faults.items()})


def _objects(lines: dict[int, str], text_column: str, faults: dict[int, str]) -> Rows:
    batch = Batch([], [])
    for number, line in lines.items():
        if line.strip():
            try:
                batch.rows.append(to_row(decode(line)))
                batch.positions.append(number)
            except json.JSONDecodeError as error:
                message = _("is not JSON: {reason} (character {column})", reason=error.msg, column=error.colno)
                faults[number] = _at(number, message)
            except JsonFaultError as error:
                faults[number] = _at(number, str(error))
    row_batch = batch.to_row_batch(text_column, lambda number, message: faults.setdefault(number, _at(number, message)))
    return with_faults(row_batch, faults)


def _at(number: int, message: str) -> str:
    return f"{_('line {line}', line=number)}: {message}"
