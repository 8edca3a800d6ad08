"""Where a model fails, in sentences."""

from collections.abc import Sequence

from heptune.i18n import Sentence, _
from heptune.schemas.failures import FailureShape, Robustness, Slice
from heptune.schemas.scores import SIGNIFICANCE_LEVEL


def shape_lines(shapes: Sequence[FailureShape]) -> list[str]:
    """Return the sentences that come before any score."""
    return [str(shape.message) for shape in shapes]


def slice_lines(slices: Sequence[Slice]) -> list[str]:
    """Return a sentence for each group of test rows on which the accuracy is another than on all others."""
    return [
        _(
            "{where} ({rows:,} rows): {accuracy:.1%} right [{low:.1%}, {high:.1%}], beside {rest:.1%} of the others.",
            where=_sentence_case(str(one.name)),
            rows=one.rows,
            accuracy=one.accuracy.value,
            low=one.accuracy.low,
            high=one.accuracy.high,
            rest=one.rest,
        )
        for one in slices
        if one.p_value is not None and one.p_value <= SIGNIFICANCE_LEVEL
    ]


def robustness_lines(measured: Sequence[Robustness]) -> list[str]:
    """Return a sentence for each kind of small change of the texts."""
    return [
        _(
            "{change} change {flips:.1%} of the answers [{low:.1%}, {high:.1%}] ({rows:,} rows).",
            change=_sentence_case(str(name_of_change(one))),
            flips=one.flips.value,
            low=one.flips.low,
            high=one.flips.high,
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
