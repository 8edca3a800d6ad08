"""Rows whose label a person should look at."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heptune.checks import h303_label_conflicts, h601_label_noise
from heptune.checks.check import NotApplicable
from heptune.checks.grouping import Mask, Numbers
from heptune.checks.rows import CheckedRows
from heptune.i18n import Sentence


@dataclass(frozen=True, slots=True)
class RowToReview:
    """One of them.

    Attributes:
        row: Its number.
        codes: Of the checks that found it.
        suggestion: Class that it may belong to; None where nothing speaks for one.
    """

    row: int
    codes: tuple[str, ...]
    suggestion: int | None


@dataclass(frozen=True, slots=True)
class ToReview:
    """All of them.

    Attributes:
        rows: Texts with several labels first, each with its rows together, then the most suspect labels.
        not_judged: Why labels were not judged by a model; None where they were, or that check is muted.
    """

    rows: tuple[RowToReview, ...]
    not_judged: Sentence | None


def rows_to_review(rows: CheckedRows, muted: Collection[str] = ()) -> ToReview:
    """Gather what the checks of labels find, each row once.

    Args:
        rows: All of them.
        muted: Codes of checks that are left out.
    """
    conflicts, suspects = h303_label_conflicts.CHECK, h601_label_noise.CHECK
    found: dict[int, RowToReview] = {}
    if conflicts.code not in muted:
        torn = h303_label_conflicts.rows_with_conflicts(rows)
        commonest = _commonest_label(rows, torn)
        by_text = np.flatnonzero(torn)[np.argsort(rows.equal[torn], kind="stable")]
        found = {row: RowToReview(row, (conflicts.code,), commonest[int(rows.equal[row])]) for row in by_text.tolist()}
    if suspects.code in muted:
        return ToReview(tuple(found.values()), None)
    judged = h601_label_noise.find_suspects(rows)
    answer = h601_label_noise.answer_of(rows, judged)
    if isinstance(answer, NotApplicable):
        return ToReview(tuple(found.values()), answer.reason)
    for row, suggestion in zip(judged.rows.tolist(), judged.suggestions.tolist(), strict=True):
        known = found.get(row, RowToReview(row, (), None))
        suggested = suggestion if known.suggestion is None else known.suggestion
        found[row] = RowToReview(row, (*known.codes, suspects.code), suggested)
    return ToReview(tuple(found.values()), None)


def _commonest_label(rows: CheckedRows, torn: Mask) -> dict[int, int | None]:
    """Return for each text with several labels that which most of its rows have; None where two are as common."""
    texts, labels = rows.equal[torn], rows.classes[torn]
    return {int(text): _only_largest(np.bincount(labels[texts == text])) for text in np.unique(texts)}


def _only_largest(counts: npt.NDArray[np.intp]) -> int | None:
    largest: Numbers = np.flatnonzero(counts == counts.max())
    return int(largest[0]) if len(largest) == 1 else None
