"""Which rows go into which split."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from heptune.data.sampling import sample_rows
from heptune.data.splits import stratified_split
from heptune.i18n import Sentence, _
from heptune.steps.step3_dataset.settings import DatasetConfig

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DefaultSize:
    """How many rows are set aside where the user states no share."""

    share: float
    most: int

    def of(self, rows: int, asked: float | None) -> int:
        """Return the number of rows for the share that was asked for, else for ours."""
        return min(self.most, round(rows * self.share)) if asked is None else round(rows * asked)


# Beyond these sizes more rows choose hardly better (with 1,000 an accuracy's standard error is at most 1.6 points), and
# training misses them.
VALIDATION = DefaultSize(share=0.1, most=1_000)
CALIBRATION = DefaultSize(share=0.05, most=500)


@dataclass(slots=True)
class SplitRows:
    """Row numbers of each split, with the part they are taken from.

    Attributes:
        rows: Split name → part and row numbers in it, empty rows left out.
        empty: Part → row numbers of drawn rows without a text or a label.
        rules: How it was done, in sentences.
    """

    rows: dict[str, tuple[str, Rows]] = field(default_factory=dict)
    empty: dict[str, Rows] = field(default_factory=dict)
    rules: list[Sentence] = field(default_factory=list)


def split_rows(config: DatasetConfig, ids: dict[str, npt.NDArray[np.int32]]) -> SplitRows:
    """Draw the samples, then split what was drawn.

    Args:
        config: Shares, sizes, seed.
        ids: Inner class id of every raw row by part; -1 for rows without a text or a label.
    """
    splits = SplitRows()
    part = "train" if "train" in ids else "whole"
    drawn = np.arange(len(ids[part]))
    if "test" in ids:
        _take(
            splits,
            "test",
            "test",
            ids["test"],
            _draw(splits, np.arange(len(ids["test"])), config.test_sample, config, _("test")),
        )
        splits.rules.append(_("test as given"))
    else:
        drawn, test = _set_aside(drawn, ids[part], round(np.sum(ids[part] >= 0) * config.test_share), config.seed)
        _take(splits, "test", part, ids[part], _draw(splits, test, config.test_sample, config, _("test")))
        splits.rules.append(_("test {share:.0%} of the rows, stratified", share=config.test_share))
    drawn = _draw(splits, drawn, config.sample, config, _("training"))
    _take(splits, "train", part, ids[part], drawn)
    _split_training_rows(splits, config, part, ids)
    return splits


def _split_training_rows(
    splits: SplitRows, config: DatasetConfig, part: str, ids: dict[str, npt.NDArray[np.int32]]
) -> None:
    pool = splits.rows["train"][1]
    sizes = {
        "validation": VALIDATION.of(len(pool), config.validation_share),
        "calibration": CALIBRATION.of(len(pool), config.calibration_share),
    }
    if "validation" in ids:
        _take(splits, "validation", "validation", ids["validation"], np.arange(len(ids["validation"])))
        splits.rules.append(_("validation as given"))
        del sizes["validation"]
    for number, (name, size) in enumerate(sizes.items(), 1):
        pool, aside = _set_aside(pool, ids[part], size, config.seed + number)
        if len(aside):
            splits.rows[name] = (part, aside)
            splits.rules.append(_("{name} {size} of the training rows, stratified", name=name, size=len(aside)))
    splits.rows["train"] = (part, pool)


def _draw(splits: SplitRows, rows: Rows, size: int | None, config: DatasetConfig, what: str) -> Rows:
    if size is None:
        return rows
    splits.rules.append(
        _("all {rows} {what} rows (fewer than asked for)", rows=len(rows), what=what)
        if size > len(rows)
        else _(
            "{size} of {rows} {what} rows drawn with seed {seed}",
            size=size,
            rows=len(rows),
            what=what,
            seed=config.seed,
        )
    )
    return rows[sample_rows(len(rows), size, config.seed)]


def _take(splits: SplitRows, name: str, part: str, ids: npt.NDArray[np.int32], rows: Rows) -> None:
    """Keep the rows that have a text and a label, and remember the others."""
    usable = ids[rows] >= 0
    splits.rows[name] = (part, rows[usable])
    splits.empty[part] = np.union1d(splits.empty.get(part, rows[:0]), rows[~usable])


def _set_aside(rows: Rows, ids: npt.NDArray[np.int32], size: int, seed: int) -> tuple[Rows, Rows]:
    """Split rows stratified; rows without a class stay in the remainder."""
    with_class = np.flatnonzero(ids[rows] >= 0)
    _kept, aside = stratified_split(ids[rows][with_class].astype(np.int64), size, seed)
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[with_class[aside]] = True
    return rows[~chosen], rows[chosen]
