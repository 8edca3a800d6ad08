"""Step 7's result: what was learnt and how good it is."""

from typing import Any, ClassVar

from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.failures import FailureShape, Mistake, Robustness, Slice
from heptune.schemas.record import Record, StepResult
from heptune.schemas.score import Score
from heptune.schemas.scores import PairedComparison, TestScores
from heptune.schemas.scoring import ScoringRecord
from heptune.schemas.sentence import StoredSentence
from heptune.schemas.speedup import SpeedupRecord

# Scores of the held-out rows, beside the result.
PREDICTIONS = "7_predictions.arrow"


class EpochRecord(Record):
    """One epoch: mean training loss per example, and the metrics on validation (empty without validation rows)."""

    epoch: int
    training_loss: float
    validation: dict[str, float]
    seconds: float


class FitReport(Record):
    """How the training went.

    Attributes:
        settings: The settings as they were used, defaults filled in.
        history: One record an epoch.
        best_epoch: The epoch whose weights are kept, from 1; None where there are no epochs.
        chosen_by: How the epoch was chosen.
        steps: Optimizer steps done.
        precision: Of the matrix products: `fp32`, `bf16`, or `fp64` for a linear model.
        precision_reason: Why this one; None where there is no choice.
        fp32_from_epoch: The epoch that was begun anew in fp32 because bf16 broke in it, as all later ones were; None
            where it never did.
        speedups: Ways to compute the same in less time, and which were taken.
        device: Where it ran.
        estimate: What was foretold; None where nothing was.
        seconds: Of the training alone, and of its head where that was fitted first.
        train_rows_per_second: Rows trained on per second of the training steps alone; of a linear probe, all told.
        train_tokens_per_second: Real tokens (no padding) per second of the training steps alone.
        padding_share: Padding tokens among all processed tokens.
        matrix_rate_share: Model FLOPs a second over this machine's best rate of matrix products in the same precision;
            model FLOPs are 6 x parameters in matrix products x real tokens.
        peak_memory_mib: Largest memory of the process in MiB.
        energy_wh: Watt hours of the training; None where the machine does not tell.
        cost: In the currency of `training.price_per_hour`; None without a price.
    """

    settings: dict[str, Any]
    history: tuple[EpochRecord, ...] = ()
    best_epoch: int | None = None
    chosen_by: StoredSentence
    steps: int | None = None
    precision: str
    precision_reason: StoredSentence | None = None
    fp32_from_epoch: int | None = None
    speedups: tuple[SpeedupRecord, ...] = ()
    device: str
    estimate: TrainingEstimate | None = None
    seconds: float
    train_rows_per_second: float | None = None
    train_tokens_per_second: float | None = None
    padding_share: float | None = None
    matrix_rate_share: float | None = None
    peak_memory_mib: float | None = None
    energy_wh: float | None = None
    cost: float | None = None


class Comparison(Record):
    """The model against a baseline on the same test rows; in macro-F1 too where that is the primary metric."""

    baseline: str
    accuracy: PairedComparison
    macro_f1: PairedComparison | None = None


class SeedScores(Record):
    """What came of one seed.

    Attributes:
        seed: Of order and dropout; that of the new weights is moved likewise.
        validation: The primary metric on validation, by which the seed that ships was chosen; None without such rows.
        accuracy: On the test rows.
        macro_f1: On the test rows.
        seconds: Of its training.
    """

    seed: int
    validation: float | None
    seconds: float
    accuracy: Score
    macro_f1: Score


class CrossValidated(Record):
    """How the rows were judged by models that did not learn from them.

    Attributes:
        folds: Parts of which each was judged by a model that learnt from the others.
        accuracies: Of each repetition.
        seconds: What it took, beside the training of the model that ships.
    """

    folds: int
    accuracies: tuple[Score, ...]
    seconds: float


class OpponentScores(Record):
    """How good something is that the user has today.

    Attributes:
        name: As in the plan.
        rows: Test rows that it answered; the others are left out of the comparison.
        unknown: Answers among them that are none of the classes; they count as mistakes.
        accuracy: On those rows.
    """

    name: str
    rows: int
    unknown: int
    accuracy: Score


class RunResult(StepResult):
    """The end of a run.

    Attributes:
        fit: How the training went.
        seeds: What came of each seed; empty where there was but one.
        scoring: How the held-out rows were scored; None where no network scores.
        test: Scores on the test rows.
        cross_validation: How these were judged where they are the rows that the model learnt from; None where it did
            not.
        calibration: How honest the probabilities are.
        acceptance: Which answers may stand by themselves; None where nothing was asked for.
        label_sets: Sets of labels that hold the right one; None where nothing was asked for.
        shapes: Ways to fail that have a name; they are said before any score.
        slices: Test rows that have something in common.
        mistakes: The surest ones on the test rows.
        robustness: How often answers change with small changes of the texts; empty where it was not asked for.
        baselines: Scores of the baselines on the same rows, by name.
        opponents: Scores of what the user has today.
        comparisons: Paired, one a baseline and one an opponent.
        test_scorings: How often these test rows have been scored on this machine; None where it cannot be counted.
        unscored: Test rows without an answer (no token); they count as mistakes.
        bundle: The bundle's folder, relative to the run folder.
        bundle_sha256: Of the bundle's manifest.
        training_sha256: Of all that the training and the scores depend on, and not what is asked of answers.
    """

    step_number: ClassVar[int] = 7
    step_name: ClassVar[str] = "training"

    fit: FitReport
    seeds: tuple[SeedScores, ...] = ()
    scoring: ScoringRecord | None = None
    test: TestScores
    cross_validation: CrossValidated | None = None
    calibration: CalibrationReport
    acceptance: AcceptanceReport | None = None
    label_sets: LabelSetReport | None = None
    shapes: tuple[FailureShape, ...] = ()
    slices: tuple[Slice, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    baselines: dict[str, TestScores]
    opponents: tuple[OpponentScores, ...] = ()
    comparisons: tuple[Comparison, ...]
    test_scorings: int | None
    unscored: int
    bundle: str
    bundle_sha256: str
    training_sha256: str = ""

    def is_itself(self, baseline: str) -> bool:
        """Return whether a baseline is the model itself, as where the method is tfidf."""
        return baseline == "tfidf" and self.scoring is None
