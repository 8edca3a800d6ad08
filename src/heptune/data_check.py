"""The library's verb for data: `check` says what may be wrong with them."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heptune.checked_data import read_data, recipe_to_look
from heptune.checks import h601_label_noise
from heptune.checks.codes import OF_MODEL
from heptune.i18n import _
from heptune.schemas.finding import CheckedResult, DataReport, Finding
from heptune.storage.events import Listener

# The steps that look at the data, and those before them.
LAST_STEP = 4


def check(
    data: str | Path,
    *,
    test: str | Path | None = None,
    model: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    sample: int | None = None,
    listeners: tuple[Listener, ...] = (),
    **sections: Mapping[str, Any],
) -> DataReport:
    """Look for what may be wrong with labelled text; nothing is changed.

    Args:
        data: A file, a folder, or a data set on the Hub.
        test: Rows to test on, where the data do not bring them.
        model: What this model makes of the texts is looked at too.
        text_column: Found out unless given.
        label_column: Found out unless given.
        sample: Look at so many of the training rows.
        listeners: Called with every event.
        sections: Further settings of how the data are found and read, by step: `dataset={"delimiter": ";"}`.

    Raises:
        HeptuneError: with what is wrong and what to do.
    """
    recipe = recipe_to_look(
        data,
        sections,
        test=test,
        model=model,
        text_column=text_column,
        label_column=label_column,
        sample=sample,
    )
    with tempfile.TemporaryDirectory() as place:
        read = read_data(recipe, Path(place) / "look", listeners, stop_after=LAST_STEP)
        findings = [one for result in read.results if isinstance(result, CheckedResult) for one in result.findings]
        findings.append(h601_label_noise.CHECK.finding(read.rows, recipe.dataset.mute))
        return DataReport(
            rows=len(read.rows), findings=tuple(one if model else _without_model(one) for one in findings)
        )


def _without_model(finding: Finding) -> Finding:
    """Say of a check of what a model reads that no model was named."""
    if finding.code not in OF_MODEL or finding.outcome == "muted":
        return finding
    return finding.model_copy(update={"outcome": "skipped", "summary": _("no model was named")})
