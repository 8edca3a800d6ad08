"""Steps 1 to 3 on files, as a run does them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from heptune.data.rows import open_rows
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.sources import Sources
from heptune.steps import step1_goal
from heptune.steps.step2_sources import step as step2_sources
from heptune.steps.step2_sources.settings import SourcesConfig, local_files
from heptune.steps.step3_dataset import step as step3_dataset
from heptune.steps.step3_dataset.settings import DatasetConfig
from heptune.storage.events import Event
from heptune.storage.run_store import open_run


@dataclass(frozen=True)
class Prepared:
    """What the three steps gave.

    Attributes:
        folder: The run folder.
        sources: Step 2's result.
        dataset: Step 3's result.
        events: All that happened.
    """

    folder: Path
    sources: Sources
    dataset: DatasetSplits
    events: tuple[Event, ...]

    @property
    def warnings(self) -> list[str]:
        """The sentences of all warnings."""
        return list(self.dataset.warnings)

    @property
    def reused(self) -> dict[str, bool]:
        """Whether each step was reused, by name."""
        finished = [event.fields for event in self.events if event.name == "step_finished"]
        return {str(fields["name"]): bool(fields["reused"]) for fields in finished}

    def rows(self, split: str) -> pa.Table:
        """The rows of a split as they lie in the run folder."""
        return open_rows(self.folder / "dataset" / f"{split}.arrow")

    def pairs(self, *splits: str) -> list[tuple[str, str]]:
        """Texts with the names of their labels, of some splits or of all."""
        names = self.dataset.label_names
        return [
            (row["text"], names[row["label"]])
            for split in splits or self.dataset.splits
            for row in self.rows(split).select(["text", "label"]).to_pylist()
        ]


def prepare(
    folder: Path,
    data: Path | str,
    *,
    goal: Mapping[str, object] | None = None,
    sources: Mapping[str, object] | None = None,
    fresh: bool = False,
    **dataset: object,
) -> Prepared:
    """Run steps 1 to 3.

    Args:
        folder: The run folder.
        data: The file or folder with the rows.
        goal: Settings of step 1.
        sources: Further settings of step 2; the method is tfidf unless given.
        fresh: Reuse nothing.
        dataset: Settings of step 3.
    """
    events: list[Event] = []
    config = SourcesConfig.model_validate({"data": str(data), "method": "tfidf"} | dict(sources or {}))
    with open_run(folder, fresh=fresh, listeners=(events.append,)) as run:
        defined = run.step(step1_goal.STEP, step1_goal.GoalConfig.model_validate(goal or {}))
        resolved = run.step(step2_sources.STEP, config, given=local_files(config))
        splits = run.step(step3_dataset.STEP, DatasetConfig.model_validate(dataset), defined, resolved)
    return Prepared(folder, resolved, splits, tuple(events))
