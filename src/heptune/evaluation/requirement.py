"""Requirements as users write them, and whether scores meet them."""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from heptune.errors import Fault, UsageError
from heptune.evaluation.metrics import METRICS, Metric, find_metric
from heptune.i18n import _
from heptune.schemas.requirement import Comparison, Requirement, Verdict
from heptune.schemas.score import Score

FORM = re.compile(r"(?P<metric>[^\s<>=]+)\s*(?P<comparison>[<>=]+)\s*(?P<threshold>[^\s<>=].*)")
NUMBER = re.compile(r"(?P<number>[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,3})?)\s*(?P<percent>%?)", re.IGNORECASE)
SYMBOLS = str.maketrans({"≥": ">=", "≧": ">=", "⩾": ">=", "≤": "<=", "≦": "<=", "⩽": "<="})
LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three parts of a requirement, as written in the setting `where`."""

    metric: str
    comparison: str
    threshold: str
    where: str


def parse_requirement(text: str, *, where: str = "") -> Requirement:
    """Read a requirement such as `macro_f1 >= 0.75`, `accuracy≥75%` or `log_loss <= 0.4`.

    Args:
        text: As the user wrote it.
        where: The setting that it was written in, for the error.

    Raises:
        UsageError: it has another form, or its metric, comparison or threshold make no sense; all faults at once.
    """
    parts = _split(text, where)
    threshold = _read_number(parts.threshold)
    faults = [_metric_fault(parts), _comparison_fault(parts), _threshold_fault(parts, threshold)]
    found = [fault for fault in faults if fault is not None]
    if found or threshold is None:
        raise _as_one(found, text, where)
    return Requirement(metric=parts.metric, comparison=cast("Comparison", parts.comparison), threshold=threshold)


def judge(requirement: Requirement, score: Score) -> Verdict:
    """Say whether a score meets a requirement, as far as its interval allows to tell.

    It is met where the whole interval lies on the good side (the threshold included), not met where all of it lies on
    the bad side, else inconclusive. A score without an interval is judged by its value.
    """
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    if requirement.comparison == "<=":
        low, high, threshold = -high, -low, -requirement.threshold
    else:
        threshold = requirement.threshold
    if low >= threshold:
        return "met"
    return "not_met" if high < threshold else "inconclusive"


def _split(text: str, where: str) -> _Parts:
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).translate(SYMBOLS).strip()
    match = FORM.fullmatch(plain)
    if match is None or len(text) > LONGEST:
        raise UsageError(
            _("This is not a requirement."),
            code="invalid_requirement",
            where=where,
            expected=_("a metric, >= or <=, and a number, such as {example}", example="macro_f1 >= 0.75"),
            found=repr(text[:LONGEST]),
        )
    return _Parts(match["metric"], match["comparison"], match["threshold"], where)


def _as_one(faults: list[UsageError], text: str, where: str) -> UsageError:
    if len(faults) == 1:
        return faults[0]
    return UsageError(
        _("The requirement {text} has {count} faults:", text=repr(text), count=len(faults)),
        code="invalid_requirement",
        where=where,
        faults=[Fault(fault.found, f"{fault.message} {fault.remedy}".strip()) for fault in faults],
    )


def _read_number(text: str) -> float | None:
    """Read a number or a percentage, exactly: 72.5% is 0.725."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    return float(Decimal(match["number"]) / (100 if match["percent"] else 1))


def _metric_fault(parts: _Parts) -> UsageError | None:
    try:
        find_metric(parts.metric, where=parts.where)
    except UsageError as error:
        return error
    return None


def _comparison_fault(parts: _Parts) -> UsageError | None:
    metric = METRICS.get(parts.metric)
    right = (">=", "<=") if metric is None else (_comparison_of(metric),)
    if parts.comparison in right:
        return None
    if metric is None or parts.comparison not in (">=", "<="):
        message = _("A requirement compares by >= or <=.")
    elif metric.direction == "maximize":
        message = _("Higher is better for {metric}: a requirement sets its lowest value.", metric=metric.name)
    else:
        message = _("Lower is better for {metric}: a requirement sets its highest value.", metric=metric.name)
    return UsageError(
        message,
        code="wrong_comparison",
        where=parts.where,
        expected=" | ".join(right),
        found=parts.comparison,
        remedy=_("Write {text}.", text=f"{metric.name} {right[0]} …") if metric else "",
    )


def _threshold_fault(parts: _Parts, value: float | None) -> UsageError | None:
    if value is None:
        return UsageError(
            _("The threshold is not a number."),
            code="invalid_threshold",
            where=parts.where,
            expected=_("a number with a decimal point, such as {example}", example="0.75"),
            found=parts.threshold,
        )
    metric = METRICS.get(parts.metric)
    return None if metric is None else _range_fault(metric, parts, value)


def _range_fault(metric: Metric, parts: _Parts, value: float) -> UsageError | None:
    is_share, has_percent = math.isfinite(metric.upper_bound), parts.threshold.endswith("%")
    if 0 <= value <= metric.upper_bound and math.isfinite(value) and (is_share or not has_percent):
        return None
    meant_percent = is_share and not has_percent and 1 < value <= 100
    return UsageError(
        _("{metric} has no such value.", metric=metric.name),
        code="threshold_out_of_range",
        where=parts.where,
        expected=_("a number from 0 to 1, or a percentage up to 100%")
        if is_share
        else _("a number from 0, no percentage"),
        found=parts.threshold,
        remedy=_("Write {text}.", text=f"{parts.threshold}%") if meant_percent else "",
    )


def _comparison_of(metric: Metric) -> Comparison:
    return ">=" if metric.direction == "maximize" else "<="
