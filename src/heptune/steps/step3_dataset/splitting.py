"""Which rows go into which split."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from heptune.data.folded_rows import REPETITIONS, FoldedRows, fold_rows, leaves_too_little
from heptune.data.sampling import sample_rows
from heptune.data.splits import stratified_split
from heptune.i18n import Sentence, _
from heptune.steps.step3_dataset.settings import DatasetConfig

Rows = npt.NDArray[np.int64]


TEST_SHARE = 0.2
# Of fewer rows a fifth says too little: with 100 test rows an accuracy's interval is some 16 points wide.
CROSS_VALIDATED_BELOW = 500


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
# Promises need more rows: with 1,000 an accuracy of 95 % is shown for most answers that have 97 %.
CALIBRATION_FOR_PROMISES = DefaultSize(share=0.15, most=1_500)


@dataclass(slots=True)
class DrawnRows:
    """Row numbers of each part that are used, before anything is split.

    Attributes:
        rows: By part, in the order drawn, those without a text or a label left out.
        empty: By part, those that were drawn and have no text or no label.
        rules: How it was done, in sentences.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    empty: dict[str, Rows] = field(default_factory=dict)
    rules: list[Sentence] = field(default_factory=list)


@dataclass(slots=True)
class SplitRows:
    """Row numbers of each split, with the part they are taken from.

    Attributes:
        rows: Split name → part and row numbers in it.
        rules: How it was done, in sentences.
        torn: Splits whose groups were torn apart, as otherwise less than half of their rows would have been found.
        folded: The folds of the test rows, where all rows are test rows; None where some are set aside or given.
    """

    rows: dict[str, tuple[str, Rows]] = field(default_factory=dict)
    rules: list[Sentence] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    folded: FoldedRows | None = None


def draw_rows(config: DatasetConfig, ids: Mapping[str, npt.NDArray[np.int32]]) -> DrawnRows:
    """Draw the samples where the data bring test rows; else all rows are used, and samples are drawn from the splits.

    Args:
        config: Sizes and seed.
        ids: Inner class id of every raw row by part; -1 for rows without a text or a label.
    """
    drawn = DrawnRows()
    for part, classes in ids.items():
        rows = np.arange(len(classes))
        if part == "test":
            rows = _draw(drawn.rules, rows, config.test_sample, config, _("test"))
        elif part == "train":
            rows = _draw(drawn.rules, rows, config.sample, config, _("training"))
        usable = classes[rows] >= 0
        drawn.rows[part], drawn.empty[part] = rows[usable], np.sort(rows[~usable])
    return drawn


def split_rows(
    config: DatasetConfig,
    drawn: DrawnRows,
    ids: Mapping[str, npt.NDArray[np.int32]],
    groups: Mapping[str, Rows],
    *,
    times: npt.NDArray[np.float64] | None = None,
    promises: bool = False,
) -> SplitRows:
    """Split what was drawn; rows of one group stay together wherever that leaves rows enough.

    Where no test rows are given and there are too few to set some aside, all of them are test rows too, in folds.

    Args:
        config: Shares, sizes, seed.
        drawn: The rows.
        ids: Inner class id of every raw row, by part.
        groups: Group of every raw row, by part; those of rows that were not drawn mean nothing.
        times: Of every raw row, a number that grows with time: the latest are set aside to test on; None for any.
        promises: Something is to be promised of answers, which takes more rows for calibration.
    """
    splits = SplitRows(rules=list(drawn.rules))
    part = "train" if "train" in ids else "whole"
    pool = drawn.rows[part]
    if "test" in ids:
        splits.rows["test"] = ("test", drawn.rows["test"])
        splits.rules.append(_("test as given"))
    elif len(pool) < CROSS_VALIDATED_BELOW and not config.sets_test_rows_aside:
        _fold_all(splits, part, pool, ids[part], groups[part], config.seed)
    else:
        pool = _set_test_rows_aside(splits, config, part, ids[part], groups[part], pool, times)
    sizes = {
        "validation": VALIDATION.of(len(pool), config.validation_share),
        "calibration": (CALIBRATION_FOR_PROMISES if promises else CALIBRATION).of(len(pool), config.calibration_share),
    }
    if splits.folded:
        del sizes["calibration"]  # each row is judged by a model that has not seen it, which serves as well
    if "validation" in ids:
        splits.rows["validation"] = ("validation", drawn.rows["validation"])
        splits.rules.append(_("validation as given"))
        del sizes["validation"]
    for number, (name, size) in enumerate(sizes.items(), 1):
        pool, aside = _set_aside(splits, name, pool, ids[part], groups[part], size, config.seed + number)
        if len(aside):
            splits.rows[name] = (part, aside)
            splits.rules.append(_("{name} {size} of the training rows, stratified", name=name, size=len(aside)))
    splits.rows["train"] = (part, pool)
    return splits


def _set_test_rows_aside(
    splits: SplitRows,
    config: DatasetConfig,
    part: str,
    ids: npt.NDArray[np.int32],
    groups: Rows,
    rows: Rows,
    times: npt.NDArray[np.float64] | None,
) -> Rows:
    """Set some of the rows aside to test on; return those to learn from."""
    share = TEST_SHARE if config.test_share is None else config.test_share
    size = round(len(rows) * share)
    if times is not None:
        rest, test = _set_latest_aside(rows, times, size)
        rule = _("test the latest {count} rows by {column}", count=len(test), column=config.time)
    else:
        rest, test = _set_aside(splits, "test", rows, ids, groups, size, config.seed)
        rule = _("test {share:.0%} of the rows, stratified", share=share)
    splits.rows["test"] = (part, _draw(splits.rules, test, config.test_sample, config, _("test")))
    splits.rules.append(rule)
    return _draw(splits.rules, rest, config.sample, config, _("training"))


def _fold_all(splits: SplitRows, part: str, rows: Rows, ids: npt.NDArray[np.int32], groups: Rows, seed: int) -> None:
    splits.rows["test"] = (part, rows)
    classes = ids[rows].astype(np.int64)
    splits.folded = fold_rows(classes, groups[rows], seed=seed)
    if leaves_too_little(splits.folded, classes):
        torn = fold_rows(classes, np.arange(len(rows)), seed=seed)
        # It does not help where a class has a single row.
        if splits.folded.fold_count == 1 or not leaves_too_little(torn, classes):
            splits.torn.append("test")
            splits.folded = torn
    splits.rules.append(
        _(
            "too few rows to set some aside to test on: all {rows} are judged by models that did not learn from them "
            "({folds} folds, {repetitions} times)",
            rows=len(rows),
            folds=splits.folded.fold_count,
            repetitions=REPETITIONS,
        )
    )


def _draw(rules: list[Sentence], rows: Rows, size: int | None, config: DatasetConfig, what: str) -> Rows:
    if size is None:
        return rows
    rules.append(
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


def _set_aside(
    splits: SplitRows, name: str, rows: Rows, ids: npt.NDArray[np.int32], groups: Rows, size: int, seed: int
) -> tuple[Rows, Rows]:
    classes = ids[rows].astype(np.int64)
    rest, aside = stratified_split(classes, size, seed, groups[rows])
    if len(aside) < size / 2:
        torn = stratified_split(classes, size, seed)
        if len(torn[1]) > len(aside):
            splits.torn.append(name)
            rest, aside = torn
    return rows[rest], rows[aside]


def _set_latest_aside(rows: Rows, times: npt.NDArray[np.float64], size: int) -> tuple[Rows, Rows]:
    """Set at most `size` rows aside that are later than all others; rows of the same time stay together."""
    if not 0 < size < len(rows):
        return rows, rows[:0]
    last_to_learn = np.sort(times[rows])[-size - 1]
    later = times[rows] > last_to_learn
    return rows[~later], rows[later]
