"""The step itself."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.data.columns import ChosenColumns
from heptune.data.folded_rows import FOLDS_FILE, REPETITIONS
from heptune.data.languages import count_languages
from heptune.data.rows import (
    TEST_COLUMNS,
    TEST_GROUPS,
    digest_of_rows,
    further_column,
    open_rows,
    texts_of,
    write_columns,
    write_groups,
    write_split,
)
from heptune.data.text import count_scripts
from heptune.errors import FAULTS_SHOWN
from heptune.i18n import Sentence, _
from heptune.schemas.dataset import CrossValidation, DatasetSplits, DroppedRow, LabelInfo, PreviewRow, SplitInfo
from heptune.schemas.finding import Finding
from heptune.schemas.goal import Goal
from heptune.schemas.sources import Sources
from heptune.steps.step3_dataset.checking import findings_of, groups_of, rows_to_check, without_leaks
from heptune.steps.step3_dataset.classes import (
    check_costs,
    check_test_classes,
    check_training_classes,
    class_ids,
    find_classes,
    labels_place,
)
from heptune.steps.step3_dataset.empty_rows import check_empty_rows, check_vanished_classes, describe_empty_rows
from heptune.steps.step3_dataset.order_in_time import times_of
from heptune.steps.step3_dataset.parts import RawParts, read_parts
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.steps.step3_dataset.splitting import DrawnRows, SplitRows, draw_rows, split_rows
from heptune.storage.artifacts import sha256_of_file
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step

PREVIEW_ROWS = 10
SCRIPT_ROWS = 2_000
ARTIFACT = "dataset"


@dataclass(frozen=True, slots=True)
class UsedRows:
    """What is done with the rows that were read.

    Attributes:
        splits: Which go where.
        findings: What the checks say of them.
        test_groups: Group of each test row, as a number.
        dropped: How many were left out for want of a text or a label.
        dropped_examples: The first of those.
    """

    splits: SplitRows
    findings: tuple[Finding, ...]
    test_groups: npt.NDArray[np.int64]
    dropped: int
    dropped_examples: tuple[DroppedRow, ...]


def load_dataset(run: Run, config: DatasetConfig, goal: Goal, sources: Sources) -> DatasetSplits:
    """Read, check, sample and split the rows.

    Raises:
        UsageError: a label is not declared in the goal.
        InvalidInputError: the files or the labels have faults.
    """
    with run.artifact_folder(ARTIFACT) as folder:
        scratch = folder / "raw"
        scratch.mkdir()
        raw = read_parts(config, sources.data, scratch, poll=run.interruption.check)
        place = labels_place(raw.columns.label, raw.files)
        labels = find_classes(raw.tables, goal.labels, where=place)
        check_costs(goal.costs, labels)
        ids = {part: class_ids(table, labels) for part, table in raw.tables.items()}
        _check_parts(raw, ids, labels, place)
        used = _find_and_split(run, config, goal, raw, ids, labels, scratch)
        infos = _write_splits(folder, raw, used.splits, ids, labels)
        cross_validation = _write_folds(folder, used.splits, infos)
        if config.group_by:
            write_groups(folder / TEST_GROUPS, used.test_groups)
        if config.slice_by:
            part, rows = used.splits.rows["test"]
            write_columns(folder / TEST_COLUMNS, raw.tables[part], rows, config.slice_by)
        check_training_classes(infos["train"].by_label, labels, where=place)
        train = open_rows(folder / "train.arrow")
        first = list(islice(texts_of(train), SCRIPT_ROWS))
        scripts, languages = count_scripts(first), count_languages(first)
        preview = _preview(folder / "train.arrow", labels)
        rows_read = sum(len(table) for table in raw.tables.values())
        del train
        columns, all_columns, notes = raw.columns, raw.all_columns, raw.notes
        del raw  # the memory maps, before their files go
        shutil.rmtree(scratch)
    return DatasetSplits(
        text_column=columns.text,
        label_column=columns.label,
        label_name_column=columns.label_name if any(label.name != label.identifier for label in labels) else None,
        column_reason=columns.reason,
        columns=all_columns,
        labels=labels,
        rows_read=rows_read,
        splits=infos,
        cross_validation=cross_validation,
        split_rules=tuple(used.splits.rules),
        dropped=used.dropped,
        dropped_examples=used.dropped_examples,
        scripts=scripts,
        languages=languages,
        notes=notes,
        warnings=(
            *_missing_header(columns, labels),
            *_small_splits(infos, labels),
            *_torn_groups(used.splits),
            *_rows_alike(config, goal),
        ),
        findings=used.findings,
        muted=config.mute,
        slice_by=config.slice_by,
        group_by=config.group_by,
        preview=preview,
    )


def _find_and_split(
    run: Run,
    config: DatasetConfig,
    goal: Goal,
    raw: RawParts,
    ids: dict[str, npt.NDArray[np.int32]],
    labels: Sequence[LabelInfo],
    scratch: Path,
) -> UsedRows:
    """Draw the rows, look for what may be wrong with them, and split them."""
    drawn = draw_rows(config, ids)
    dropped, examples = _check_empty(config, raw, drawn)
    checked = rows_to_check(raw, drawn, ids, labels, folder=scratch, poll=run.interruption.check)
    used = without_leaks(checked, drawn) if config.leakage == "drop" else drawn
    own = {part: _column(table, config.group_by) for part, table in raw.tables.items()}
    times = times_of(raw, "whole", used.rows["whole"], config.time) if config.time else None
    groups = groups_of(checked, drawn, ids, own)
    splits = split_rows(config, used, ids, groups, times=times, promises=goal.needs_calibration_rows)
    part, rows = splits.rows["test"]
    return UsedRows(splits, findings_of(checked, muted=config.mute), groups[part][rows], dropped, examples)


def _column(table: pa.Table, name: str | None) -> pa.ChunkedArray | None:
    return None if name is None else table[further_column(name)]


def _check_parts(
    raw: RawParts, ids: dict[str, npt.NDArray[np.int32]], labels: Sequence[LabelInfo], place: Sentence
) -> None:
    learnt = "train" if "train" in ids else "whole"
    check_vanished_classes(raw.tables[learnt], ids[learnt], labels, where=place)
    if "test" in ids:
        check_test_classes(ids["train"], ids["test"], labels, where=place)


def _check_empty(config: DatasetConfig, raw: RawParts, drawn: DrawnRows) -> tuple[int, tuple[DroppedRow, ...]]:
    dropped = sum(map(len, drawn.empty.values()))
    examples = tuple(row for part, rows in drawn.empty.items() for row in describe_empty_rows(raw, part, rows))
    used = dropped + sum(map(len, drawn.rows.values()))
    check_empty_rows(examples[:FAULTS_SHOWN], dropped, used, policy=config.empty_rows)
    return dropped, examples[:FAULTS_SHOWN]


def _write_splits(
    folder: Path,
    raw: RawParts,
    splits: SplitRows,
    ids: dict[str, npt.NDArray[np.int32]],
    labels: Sequence[LabelInfo],
) -> dict[str, SplitInfo]:
    infos: dict[str, SplitInfo] = {}
    for name in ("train", "validation", "calibration", "test"):
        if name in splits.rows:
            part, rows = splits.rows[name]
            path = folder / f"{name}.arrow"
            write_split(path, raw.tables[part], rows, ids[part])
            counts = np.bincount(ids[part][rows], minlength=len(labels))
            digest = digest_of_rows(open_rows(path), [label.name for label in labels])
            infos[name] = SplitInfo(rows=len(rows), by_label=tuple(counts.tolist()), sha256=digest)
    return infos


def _write_folds(folder: Path, splits: SplitRows, infos: dict[str, SplitInfo]) -> CrossValidation | None:
    """Write which test row falls into which fold; None where test rows are set aside or given."""
    if splits.folded is None:
        return None
    splits.folded.write(folder / FOLDS_FILE)
    given = splits.rows.get("validation", ("", None))[0] == "validation"
    validation = infos["validation"].rows if "validation" in infos else 0
    return CrossValidation(
        folds=splits.folded.fold_count,
        repetitions=REPETITIONS,
        trainings=splits.folded.trainings,
        validation_share=None if given else validation / infos["test"].rows,
        sha256=sha256_of_file(folder / FOLDS_FILE),
    )


def _preview(path: Path, labels: Sequence[LabelInfo]) -> tuple[PreviewRow, ...]:
    rows = open_rows(path).slice(0, PREVIEW_ROWS).to_pylist()
    return tuple(
        PreviewRow(position=row["position"], text=row["text"], label=labels[row["label"]].name) for row in rows
    )


def _missing_header(columns: ChosenColumns, labels: Sequence[LabelInfo]) -> tuple[Sentence, ...]:
    """Return a warning where the first row may have been taken for the names of the columns."""
    if columns.label not in (label.identifier for label in labels):
        return ()
    return (
        _(
            'the name of the label column, "{name}", is a label too: if the file has no line with the names of the '
            "columns, its first row is missing; add such a line",
            name=columns.label,
        ),
    )


def _small_splits(splits: dict[str, SplitInfo], labels: Sequence[LabelInfo]) -> tuple[Sentence, ...]:
    """Return a warning for classes that cannot be learnt from what was drawn, or hardly."""
    counts = splits["train"].by_label
    none = [label.name for label, count in zip(labels, counts, strict=True) if count == 0]
    one = [label.name for label, count in zip(labels, counts, strict=True) if count == 1]
    warnings = []
    if none:
        warnings.append(_("no training row of: {labels}", labels=", ".join(none)))
    if one:
        warnings.append(_("a single training row of: {labels}", labels=", ".join(one)))
    if splits["test"].rows == 0:
        warnings.append(_("no row is left to test on; give test rows with --test"))
    return tuple(warnings)


def _torn_groups(splits: SplitRows) -> tuple[Sentence, ...]:
    """Return a warning where copies stand on both sides of a split."""
    if not splits.torn:
        return ()
    names = ", ".join(splits.torn)
    return (_("there are so few different texts that copies of one stand in train and in {splits}", splits=names),)


def _rows_alike(config: DatasetConfig, goal: Goal) -> tuple[Sentence, ...]:
    """Return a warning where something is promised of rows that come in groups of the user's."""
    if config.group_by is None or not goal.needs_calibration_rows:
        return ()
    return (
        _(
            "promises count rows and not values of {column}: where rows with the same value are alike, they are broken "
            "more often than they say",
            column=config.group_by,
        ),
    )


STEP = Step(DatasetSplits, load_dataset)
