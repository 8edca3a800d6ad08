"""The library's verb for labels in doubt: `review` writes them into a file, for a person to look at."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from heptune.checked_data import read_data, recipe_to_look, refuse_places
from heptune.checks.to_review import rows_to_review
from heptune.data.review_file import ReviewRow, check_ending, write_review
from heptune.schemas.review import ReviewReport
from heptune.storage.events import Listener


def review(
    data: str | Path,
    to: str | Path,
    *,
    test: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    sample: int | None = None,
    listeners: tuple[Listener, ...] = (),
    **sections: Mapping[str, Any],
) -> ReviewReport:
    """Write the rows whose label is in doubt into a file with an empty column `new_label`.

    `heptune.fix(data, folder, answers=to)` reads the answers back.

    Args:
        data: A file, a folder, or a data set on the Hub.
        to: A new file that ends with `.csv` or `.xlsx`.
        test: Rows to test on, where the data do not bring them.
        text_column: Found out unless given.
        label_column: Found out unless given.
        sample: Look at so many of the training rows.
        listeners: Called with every event.
        sections: Further settings of how the data are found and read, by step: `dataset={"delimiter": ";"}`.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    path = Path(to)
    check_ending(path)
    refuse_places(data, path)
    recipe = recipe_to_look(
        data, sections, test=test, text_column=text_column, label_column=label_column, sample=sample
    )
    with tempfile.TemporaryDirectory() as place:
        read = read_data(recipe, Path(place) / "look", listeners)
        rows = read.in_file_order()
        found = rows_to_review(rows, recipe.dataset.mute)
        review_rows = [
            ReviewRow(
                file=read.file_labels[rows.files[one.row]],
                row=int(rows.positions[one.row]),
                check=", ".join(one.codes),
                text=rows.texts[one.row].as_py(),
                label=rows.labels[rows.classes[one.row]],
                suggestion="" if one.suggestion is None else rows.labels[one.suggestion],
            )
            for one in found.rows
        ]
        write_review(path, review_rows, rows.labels)
    by_check = Counter(chain.from_iterable(one.codes for one in found.rows))
    return ReviewReport(file=str(path), rows=len(review_rows), by_check=by_check, not_judged=found.not_judged)
