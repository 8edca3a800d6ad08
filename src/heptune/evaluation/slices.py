"""Whether a model is worse on some rows than on others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from heptune.evaluation.clusters import Clusters
from heptune.evaluation.intervals import CONFIDENCE
from heptune.evaluation.judging import share_score
from heptune.evaluation.test_size import holm
from heptune.i18n import Sentence
from heptune.schemas.failures import Slice


@dataclass(frozen=True, slots=True, eq=False)
class RowGroup:
    """Rows that have something in common.

    Attributes:
        kind: Of what.
        name: What it is.
        rows: Which they are, bool `[n]`.
    """

    kind: Literal["length", "truncated", "script", "language", "column"]
    name: Sentence
    rows: NDArray[np.bool_]


def score_slices(
    right: NDArray[np.bool_], groups: Sequence[RowGroup], clusters: Clusters | None = None
) -> tuple[Slice, ...]:
    """Return the accuracy of each group, beside that of all other rows.

    Args:
        right: Whether each row is predicted rightly `[n]`.
        groups: At least one row each.
        clusters: Of the rows, where they come in some; then no test is made, and the intervals say what can be said.
    """
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(groups))
    p_values = [None if clusters else _p_value(right, group.rows) for group in groups]
    known = [number for number, p_value in enumerate(p_values) if p_value is not None]
    adjusted = dict(zip(known, holm([p_values[number] or 0.0 for number in known]), strict=True))
    return tuple(
        Slice(
            kind=group.kind,
            name=group.name,
            rows=int(group.rows.sum()),
            accuracy=share_score(right, group.rows, clusters, confidence=confidence),
            rest=None if group.rows.all() else share_score(right, ~group.rows, clusters, confidence=confidence),
            p_value=adjusted.get(number),
        )
        for number, group in enumerate(groups)
    )


def _p_value(right: NDArray[np.bool_], rows: NDArray[np.bool_]) -> float | None:
    """Return Fisher's exact p-value for equal accuracies inside and outside; None where there is no outside."""
    from scipy.stats import fisher_exact

    if rows.all():
        return None
    inside, outside = right[rows], right[~rows]
    table = [[inside.sum(), (~inside).sum()], [outside.sum(), (~outside).sum()]]
    return float(fisher_exact(table)[1])
