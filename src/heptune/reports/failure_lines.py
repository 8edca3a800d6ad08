"""Where a model fails, in sentences."""

from collections.abc import Sequence

from heptune.i18n import Sentence, _
from heptune.reports.lines import share_with_interval
from heptune.schemas.failures import FailureShape, Robustness, Slice
from heptune.schemas.scores import SIGNIFICANCE_LEVEL


def shape_lines(shapes: Sequence[FailureShape]) -> list[str]:
    """Return the sentences that come before any score."""
    return [str(shape.message) for shape in shapes]


def slice_lines(slices: Sequence[Slice]) -> list[str]:
    """Return a sentence for each group of test rows on which the accuracy is another than on all others."""
    return [
        _(
            "{where} ({rows:,} rows): {accuracy} right, beside {rest} of the others.",
            where=_sentence_case(str(one.name)),
            rows=one.rows,
            accuracy=share_with_interval(one.accuracy),
            rest=share_with_interval(one.rest),
        )
        for one in slices
        if one.rest is not None and one.p_value is not None and one.p_value <= SIGNIFICANCE_LEVEL
    ]


def robustness_lines(measured: Sequence[Robustness]) -> list[str]:
    """Return a sentence for each kind of small change of the texts."""
    return [
        _(
            "{change} change {flips} of the answers ({rows:,} rows).",
            change=_sentence_case(str(name_of_change(one))),
            flips=share_with_interval(one.flips),
            rows=one.rows,
        )
        for one in measured
    ]


def name_of_change(one: Robustness) -> Sentence:
    """Return what is done to the texts."""
    return {
        "typos": _("exchanged letters"),
        "case": _("capitals"),
        "punctuation": _("missing punctuation marks"),
        "white_space": _("other spaces"),
        "accents": _("missing accents"),
        "link": _("appended links"),
        "mention": _("appended mentions"),
    }[one.name]


def _sentence_case(words: str) -> str:
    """Return them with a capital in front; names inside stay as they are."""
    return words[:1].upper() + words[1:]
