"""A score with its doubt."""

from typing import Literal

from heptune.schemas.record import Record

IntervalMethod = Literal["wilson", "bootstrap"]


class Score(Record):
    """A measured figure and its 95 % interval; `low`, `high` and `method` are None where no interval is given."""

    value: float
    low: float | None = None
    high: float | None = None
    method: IntervalMethod | None = None
