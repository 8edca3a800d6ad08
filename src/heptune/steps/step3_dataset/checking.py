"""What step 3 looks for in the rows that are used, and which of them have to stay together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.checks.data_checks import DATA_CHECKS
from heptune.checks.rows import CheckedRows
from heptune.data.joined_groups import joined_groups
from heptune.data.rows import open_rows, write_split
from heptune.i18n import Sentence, _
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.finding import Finding
from heptune.steps.step3_dataset.parts import RawParts
from heptune.steps.step3_dataset.splitting import DrawnRows, Rows

# More texts that are nearly the same, in number or as a share of all, come from a template: that is how these data are.
MOST_NEAR_COPIES, MOST_NEAR_SHARE, FEWEST_NEAR_COPIES = 20, 0.02, 2


def rows_to_check(
    raw: RawParts,
    drawn: DrawnRows,
    ids: Mapping[str, npt.NDArray[np.int32]],
    labels: Sequence[LabelInfo],
    *,
    folder: Path,
    poll: Callable[[], None],
) -> CheckedRows:
    """Bring the rows that are used together, in the order of `drawn`, memory-mapped from files in `folder`."""
    tables = []
    for part, rows in drawn.rows.items():
        path = folder / f"used-{part}.arrow"
        write_split(path, raw.tables[part], rows, ids[part])
        tables.append(open_rows(path))
    table = pa.concat_tables(tables)
    names = ["train" if part == "whole" else part for part in drawn.rows]
    return CheckedRows(
        texts=table["text"],
        classes=table["label"].to_numpy(),
        parts=np.repeat(np.array(names), [len(rows) for rows in drawn.rows.values()]),
        files=table["file"].to_numpy(),
        positions=table["position"].to_numpy(),
        file_names=raw.files,
        labels=[label.name for label in labels],
        left_out=sum(map(len, drawn.empty.values())),
        poll=poll,
    )


def findings_of(rows: CheckedRows, *, muted: Collection[str]) -> tuple[Finding, ...]:
    """Return what each check says."""
    findings = []
    for check in DATA_CHECKS:
        rows.poll()
        findings.append(check.finding(rows, muted))
    return tuple(findings)


def groups_of(
    rows: CheckedRows,
    drawn: DrawnRows,
    ids: Mapping[str, npt.NDArray[np.int32]],
    own: Mapping[str, pa.ChunkedArray | None],
) -> dict[str, Rows]:
    """Return the group of every raw row by part: copies, near copies where they are few, and the user's own groups.

    Args:
        rows: Those that are used.
        drawn: Which those are.
        ids: Inner class id of every raw row, by part.
        own: The column of the user's groups, by part; None without one. A missing value is a group of its own.
    """
    near = rows.near.groups
    most = min(MOST_NEAR_COPIES, max(FEWEST_NEAR_COPIES, MOST_NEAR_SHARE * len(rows)))
    is_template = np.bincount(near, minlength=1)[near] > most
    together = np.where(is_template, len(rows) + rows.equal.astype(np.int64), near)
    groups = {}
    start = 0
    if any(column is not None for column in own.values()):
        together = joined_groups(together, _own_groups(drawn, own))
    for part, numbers in drawn.rows.items():
        groups[part] = np.zeros(len(ids[part]), dtype=np.int64)
        groups[part][numbers] = together[start : start + len(numbers)]
        start += len(numbers)
    return groups


def _own_groups(drawn: DrawnRows, own: Mapping[str, pa.ChunkedArray | None]) -> Rows:
    """Return the user's group of each row that is used `[n]`."""
    values = []
    for part, numbers in drawn.rows.items():
        column = own[part]
        nothing = pa.nulls(len(numbers), pa.large_string())
        values.append(nothing if column is None else column.take(pa.array(numbers)).combine_chunks())
    encoded = pa.chunked_array(values, pa.large_string()).combine_chunks().dictionary_encode()
    missing = np.asarray(encoded.indices.is_null())
    groups = encoded.indices.fill_null(0).to_numpy().astype(np.int64)
    groups[missing] = len(encoded.dictionary) + np.arange(np.sum(missing))
    return groups


def without_leaks(rows: CheckedRows, drawn: DrawnRows) -> DrawnRows:
    """Leave out the rows to learn from whose text also stands in the test rows."""
    leaks = np.isin(rows.equal, rows.equal[rows.is_test]) & rows.is_learnt
    kept = {}
    start = 0
    for part, numbers in drawn.rows.items():
        kept[part] = numbers[~leaks[start : start + len(numbers)]]
        start += len(numbers)
    rule: Sentence = _("{count} rows that also stand in test left out", count=int(leaks.sum()))
    return DrawnRows(rows=kept, empty=drawn.empty, rules=[*drawn.rules, rule])
