"""Points in time, as people and systems write them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

# Years first, as in China and in ISO 8601; whether 01/02/2026 is in January nobody can tell.
_YEAR_FIRST = re.compile(r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?(.*)", re.DOTALL)


def seconds_of(text: str) -> float | None:
    """Return a point in time as a number that grows with it; None where it cannot be read.

    A number is taken as it is (seconds or milliseconds since 1970, a year, a running number). Dates are read with the
    year first, with or without a time of day; without a zone they are taken for UTC.
    """
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        return _seconds_of_date(text)
    return number if abs(number) < float("inf") else None


def first_unreadable(values: Sequence[str | None], most: int) -> list[int]:
    """Return the places of the first values that are no points in time; a missing one is none."""
    found: list[int] = []
    for place, value in enumerate(values):
        if value is None or seconds_of(value) is None:
            found.append(place)
            if len(found) == most:
                break
    return found


def _seconds_of_date(text: str) -> float | None:
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        year, month, day, rest = match.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}{rest}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
