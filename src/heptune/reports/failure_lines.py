"""Where a model fails, in sentences."""

from collections.abc import Sequence

from heptune.i18n import _
from heptune.schemas.failures import FailureShape, Slice
from heptune.schemas.scores import SIGNIFICANCE_LEVEL


def shape_lines(shapes: Sequence[FailureShape]) -> list[str]:
    """Return the sentences that come before any score."""
    return [str(shape.message) for shape in shapes]


def slice_lines(slices: Sequence[Slice]) -> list[str]:
    """Return a sentence for each group of test rows on which the accuracy is another than on all others."""
    return [
        _(
            "{where} ({rows:,} rows): {accuracy:.1%} right [{low:.1%}, {high:.1%}], beside {rest:.1%} of the others.",
            where=str(one.name).capitalize(),
            rows=one.rows,
            accuracy=one.accuracy.value,
            low=one.accuracy.low,
            high=one.accuracy.high,
            rest=one.rest,
        )
        for one in slices
        if one.p_value is not None and one.p_value <= SIGNIFICANCE_LEVEL
    ]
