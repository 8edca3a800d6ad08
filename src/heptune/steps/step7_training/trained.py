"""A trained and scored classifier: made now, or kept from before where nothing that it depends on has changed."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from heptune.bundle.layout import BundleInfo
from heptune.bundle.load import read_bundle
from heptune.i18n import _
from heptune.methods.estimates import cost
from heptune.schemas.scoring import ScoringRecord
from heptune.schemas.training import PREDICTIONS, FitReport, RunResult, SeedScores
from heptune.steps.step7_training.calibration import FoldedTemperature
from heptune.steps.step7_training.scoring import SplitScores, read_scores
from heptune.storage.artifacts import MANIFEST
from heptune.storage.run_store import Run


@dataclass(frozen=True, slots=True)
class Trained:
    """See above.

    Attributes:
        fit: How the training went.
        seeds: What came of each seed; none where there was but one.
        folded: What was done to its last layer.
        info: What its bundle says of itself, decisions apart.
        scoring: How the held-out rows were scored; None where no network scores.
        scored: Scores of the held-out rows, by split; of those judged out of fold, for each repetition.
        fold_seconds: What judging them out of fold took; None where they were not.
        test_scorings: How often the test rows have been scored on this machine; None where it cannot be counted.
    """

    fit: FitReport
    seeds: tuple[SeedScores, ...]
    folded: FoldedTemperature
    info: BundleInfo
    scoring: ScoringRecord | None
    scored: dict[str, tuple[SplitScores, ...]]
    fold_seconds: float | None
    test_scorings: int | None


def digest_of(inputs: dict[str, str]) -> str:
    """Return one digest for all that a training depends on."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def trained_before(
    run: Run, depends_on: str, folder: Path, *, bundle: str, price_per_hour: float | None
) -> Trained | None:
    """Copy the bundle of an earlier run of this folder, and return what it holds; None where it is not the same.

    Args:
        run: The run folder.
        depends_on: Digest of all that the training and the scores depend on.
        folder: Where the bundle goes.
        bundle: Name of the bundle in the run folder.
        price_per_hour: Of the machine, which may be another than before.
    """
    earlier = run.earlier_result(RunResult, with_artifacts=True)
    if earlier is None or earlier.training_sha256 != depends_on:
        return None
    run.notice(_("the trained model is kept: nothing that it depends on has changed"))
    shutil.copytree(run.folder / bundle, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST))
    with run.artifact_file(PREDICTIONS) as path:
        shutil.copyfile(run.folder / PREDICTIONS, path)
    calibration = earlier.calibration
    return Trained(
        _priced(earlier.fit, price_per_hour),
        earlier.seeds,
        FoldedTemperature(
            calibration.temperature,
            calibration.rows,
            calibration.reason,
            calibration.before if calibration.out_of_fold else None,
        ),
        read_bundle(folder),
        earlier.scoring,
        read_scores(run.folder / PREDICTIONS),
        earlier.cross_validation.seconds if earlier.cross_validation else None,
        earlier.test_scorings,
    )


def _priced(fit: FitReport, price_per_hour: float | None) -> FitReport:
    """Return the report with what the training costs by this price, and what it was foretold to."""
    told = fit.estimate and fit.estimate.model_copy(update={"cost": cost(fit.estimate.seconds, price_per_hour)})
    settings = {**fit.settings, "price_per_hour": price_per_hour} if "price_per_hour" in fit.settings else fit.settings
    changes = {"cost": cost(fit.seconds, price_per_hour), "estimate": told, "settings": settings}
    return fit.model_copy(update=changes)
