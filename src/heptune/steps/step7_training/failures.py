"""Where the model fails on the test rows: groups of rows, and its surest mistakes."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.languages import languages_of
from heptune.data.rows import texts_of
from heptune.data.text import count_scripts
from heptune.evaluation.predictions import predicted_classes
from heptune.evaluation.slices import RowGroup
from heptune.i18n import _
from heptune.schemas.failures import Mistake
from heptune.steps.step7_training.scoring import MODEL, SplitScores

# Of fewer rows a group says next to nothing.
FEWEST_ROWS = 30
# A script or a language that so many letters or texts are in makes a group, where there are several.
LEAST_SHARE = 0.05
MISTAKES_KEPT = 20
# Of a column; with more groups less can be said of each.
MOST_VALUES = 20
LONGEST_VALUE = 60

Mask = npt.NDArray[np.bool_]


def row_groups(
    rows: pa.Table,
    truncated: Mask,
    scripts: Mapping[str, float],
    languages: Mapping[str, float],
    columns: pa.Table | None = None,
) -> list[RowGroup]:
    """Return groups of the test rows: by length, by whether they are cut, by script and language, by column.

    Args:
        rows: The test rows.
        truncated: Which of them are longer than the model reads `[n]`.
        scripts: Share of the letters by script.
        languages: Share of the texts by language.
        columns: Further columns of these rows, whose most frequent values make groups.
    """
    lengths = np.fromiter(map(len, texts_of(rows)), dtype=np.int64, count=len(rows))
    groups = _by_length(lengths)
    groups += [
        RowGroup("truncated", _("texts that are cut"), truncated),
        RowGroup("truncated", _("texts that are read whole"), ~truncated),
    ]
    if several := _several(scripts):
        mostly = np.array([next(iter(count_scripts([text])), "") for text in texts_of(rows)])
        groups += [RowGroup("script", _("texts in {script} letters", script=one), mostly == one) for one in several]
    if several := _several(languages):
        plainly = np.array(languages_of(list(texts_of(rows))), dtype=object)
        groups += [RowGroup("language", _("texts in language {code}", code=one), plainly == one) for one in several]
    if columns is not None:
        for name in columns.column_names:
            groups += _by_value(name, columns[name])
    return [group for group in groups if FEWEST_ROWS <= group.rows.sum() < len(rows)]


def _several(shares: Mapping[str, float]) -> list[str]:
    frequent = [name for name, share in shares.items() if share >= LEAST_SHARE]
    return frequent if len(frequent) > 1 else []


def _by_value(column: str, values: pa.ChunkedArray) -> list[RowGroup]:
    held = np.array([value or "" for value in values.to_pylist()], dtype=object)
    frequent = [value for value, _count in Counter(held[held != ""]).most_common(MOST_VALUES)]
    return [
        RowGroup("column", _("rows with {column} {value}", column=column, value=value[:LONGEST_VALUE]), held == value)
        for value in frequent
    ]


def _by_length(lengths: npt.NDArray[np.int64]) -> list[RowGroup]:
    low, high = (int(edge) for edge in np.quantile(lengths, [1 / 3, 2 / 3], method="lower"))
    return [
        RowGroup("length", _("texts of up to {low:,} characters", low=low), lengths <= low),
        RowGroup(
            "length",
            _("texts of {low:,} to {high:,} characters", low=low + 1, high=high),
            (lengths > low) & (lengths <= high),
        ),
        RowGroup("length", _("texts of more than {high:,} characters", high=high), lengths > high),
    ]


def surest_mistakes(scored: SplitScores, positions: Sequence[int], class_names: Sequence[str]) -> tuple[Mistake, ...]:
    """Return the mistakes with the highest scores, the surest first.

    Args:
        scored: The test rows.
        positions: Line or row of each in its file `[n]`.
        class_names: In class order.
    """
    probabilities = scored.probabilities[MODEL]
    predicted = predicted_classes(probabilities)
    wrong = np.flatnonzero((predicted != scored.classes) & scored.answered)
    order = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:MISTAKES_KEPT]
    return tuple(
        Mistake(
            row=row,
            position=int(positions[row]),
            label=class_names[scored.classes[row]],
            predicted=class_names[predicted[row]],
            score=round(float(probabilities[row, predicted[row]]), 6),
        )
        for row in order.tolist()
    )
