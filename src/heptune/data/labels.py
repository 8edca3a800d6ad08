"""From the values of the label column to classes in one stated order."""

import math
from collections.abc import Iterable, Mapping, Sequence

from heptune.errors import UsageError
from heptune.i18n import _
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.goal import LabelDefinition


def order_labels(
    found: Iterable[str], declared: Sequence[LabelDefinition], names: Mapping[str, str]
) -> tuple[LabelInfo, ...]:
    """Return the classes in class order.

    The declared order where the goal declares labels; else by number where all are numbers; else by code point.

    Args:
        found: The distinct values of the label column.
        declared: The goal's labels; empty where they come from the data.
        names: Name of each value, where names stand in a column of their own; empty elsewhere.

    Raises:
        UsageError: the data hold labels that the goal does not declare.
    """
    identifiers = in_class_order(set(found))
    if not declared:
        return tuple(LabelInfo(name=names.get(value, value), identifier=value) for value in identifiers)
    by_name = {names.get(value, value): value for value in identifiers}
    _refuse_difference([definition.name for definition in declared], by_name)
    return tuple(
        LabelInfo(
            name=definition.name, identifier=by_name.get(definition.name, definition.name), meaning=definition.meaning
        )
        for definition in declared
    )


def in_class_order(values: Iterable[str]) -> list[str]:
    """Sort labels by number where all are finite numbers, else by code point."""
    values = list(values)
    try:
        numbers = {value: float(value) for value in values}
    except ValueError:
        return sorted(values)
    if not all(math.isfinite(number) for number in numbers.values()):
        return sorted(values)
    return sorted(values, key=lambda value: (numbers[value], value))


def _refuse_difference(declared: Sequence[str], found: Iterable[str]) -> None:
    undeclared = sorted(set(found) - set(declared))
    if undeclared:
        raise UsageError(
            _("The data hold labels that the goal does not declare."),
            code="undeclared_label",
            where="goal.labels",
            expected=", ".join(declared),
            found=", ".join(undeclared),
            remedy=_("Add them to goal.labels, or correct them in the data."),
        )
