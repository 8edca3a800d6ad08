"""When each row was written, for test rows that come after those to learn from."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from heptune.data.rows import further_column
from heptune.data.times import first_unreadable, seconds_of
from heptune.errors import FAULTS_SHOWN, Fault, InvalidInputError
from heptune.i18n import _
from heptune.steps.step3_dataset.parts import RawParts
from heptune.steps.step3_dataset.splitting import Rows


def times_of(raw: RawParts, part: str, rows: Rows, column: str) -> npt.NDArray[np.float64]:
    """Return a number that grows with time for each raw row of a part; nan for those that are not used.

    Args:
        raw: What was read.
        part: Which part.
        rows: Those that are used.
        column: With the points in time.

    Raises:
        InvalidInputError: one of them cannot be read.
    """
    values = raw.tables[part][further_column(column)].take(rows).to_pylist()
    unreadable = first_unreadable(values, FAULTS_SHOWN)
    if unreadable:
        raise _no_times(raw, part, [int(rows[place]) for place in unreadable], column)
    times = np.full(len(raw.tables[part]), np.nan)
    times[rows] = [seconds_of(value) for value in values]
    return times


def _no_times(raw: RawParts, part: str, rows: list[int], column: str) -> InvalidInputError:
    shown = raw.tables[part].select(["file", "position", further_column(column)]).take(rows).to_pylist()
    return InvalidInputError(
        _("Some points in time cannot be read."),
        code="bad_time",
        where="dataset.time",
        expected=_("a number, or a date with the year first, such as 2026-11-27 or 2026-11-27T16:30:00Z"),
        faults=[
            Fault(
                where=f"{Path(raw.files[row['file']]).name}:{row['position']}",
                message=repr(row[further_column(column)])[:200],
            )
            for row in shown
        ],
        remedy=_("Write them so, fill in missing ones, or name another column."),
    )
