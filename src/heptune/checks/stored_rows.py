"""The rows of a run folder, for checks of later steps."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from heptune.checks.rows import CheckedRows
from heptune.data.rows import open_rows
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import Sources


def stored_rows(
    folder: Path,
    sources: Sources,
    dataset: DatasetSplits,
    splits: Sequence[str],
    *,
    poll: Callable[[], None] = lambda: None,
) -> CheckedRows:
    """Open some splits.

    Args:
        folder: That of the splits.
        sources: Step 2's result.
        dataset: Step 3's result.
        splits: Names of those wanted.
        poll: Called now and then; raises where the user asked to stop.
    """
    tables = {name: open_rows(folder / f"{name}.arrow") for name in splits if name in dataset.splits}
    table = pa.concat_tables(list(tables.values()))
    files = sources.data.numbered_files
    of_file = table["file"].to_numpy()
    parts = np.array(["train" if file.part == "whole" else file.part for file in files])
    return CheckedRows(
        texts=table["text"],
        classes=table["label"].to_numpy(),
        parts=parts[of_file],
        files=of_file,
        positions=table["position"].to_numpy(),
        file_names=[file.path for file in files],
        labels=dataset.label_names,
        poll=poll,
    )
