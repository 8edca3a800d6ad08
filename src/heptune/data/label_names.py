"""Which class a cell names."""

from collections.abc import Callable, Sequence

from heptune.data.spreadsheet_text import is_same, restored
from heptune.schemas.dataset import LabelInfo


def label_number(text: str, labels: Sequence[LabelInfo]) -> int | None:
    """Return the class that a cell names: exactly, as a spreadsheet may have written it, or but for its case."""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name in (text, restored(text)),
        lambda name: is_same(name, text),
        lambda name: name.casefold() == restored(text).casefold(),
    )
    for way in ways:
        for names in ([label.name for label in labels], [label.identifier for label in labels]):
            numbers = [number for number, name in enumerate(names) if way(name)]
            if len(numbers) == 1:
                return numbers[0]
    return None
