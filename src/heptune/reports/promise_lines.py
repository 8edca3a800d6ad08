"""What is said of probabilities and of answers that stand by themselves."""

from heptune.i18n import _
from heptune.reports.lines import share_with_interval
from heptune.schemas.calibration import CalibrationReport
from heptune.schemas.decisions import AcceptanceReport, LabelSetReport


def calibration_line(calibration: CalibrationReport) -> str:
    """Return what was done to make probabilities honest, and what it did."""
    if calibration.temperature is None:
        return _("Probabilities are as they were learnt: {reason}.", reason=calibration.reason)
    before, after = calibration.before, calibration.after
    told = {
        "rows": calibration.rows,
        "temperature": calibration.temperature,
        "old_loss": before.log_loss,
        "loss": after.log_loss,
        "old_ece": before.ece,
        "ece": after.ece,
    }
    if calibration.out_of_fold:
        return _(
            "Probabilities are calibrated on {rows:,} rows (temperature {temperature:.2f}): log_loss {old_loss:.3f} → "
            "{loss:.3f}, ece {old_ece:.3f} → {ece:.3f} on these, each with a temperature of the others.",
            **told,
        )
    return _(
        "Probabilities are calibrated on {rows:,} rows (temperature {temperature:.2f}): log_loss {old_loss:.3f} → "
        "{loss:.3f}, ece {old_ece:.3f} → {ece:.3f} on the test rows.",
        **told,
    )


def acceptance_line(acceptance: AcceptanceReport) -> str:
    """Return which answers may stand by themselves, and how that went on the test rows."""
    asked = {"asked": acceptance.min_accuracy}
    share, accuracy = acceptance.test_share, acceptance.test_accuracy
    if share is None or accuracy is None:
        return _(
            "Answers that are right at least {asked:.0%} of the time cannot be promised: {reason}.",
            **asked,
            reason=acceptance.reason,
        )
    told = {"threshold": acceptance.threshold, "rows": acceptance.rows, "share": share.value, **asked}
    if acceptance.out_of_fold:
        return _(
            "Answers with a score from {threshold:.3f} on are right at least {asked:.0%} of the time (found by "
            "cross-validation on {rows:,} rows, at 95 %): {share:.0%} of these rows, each measured by the threshold of "
            "the others, {accuracy} of them right; the others are for a person.",
            accuracy=share_with_interval(accuracy),
            **told,
        )
    return _(
        "Answers with a score from {threshold:.3f} on are right at least {asked:.0%} of the time (shown on {rows:,} "
        "rows, at 95 %): {share:.0%} of the test rows, {accuracy} of them right; the others are for a person.",
        accuracy=share_with_interval(accuracy),
        **told,
    )


def label_sets_line(sets: LabelSetReport) -> str:
    """Return how often sets of labels held the right one on the test rows."""
    if sets.test_coverage is None:
        return _(
            "Sets that hold the right label {asked:.0%} of the time cannot be promised: {reason}.",
            asked=sets.coverage,
            reason=sets.reason,
        )
    told = {"asked": sets.coverage, "held": share_with_interval(sets.test_coverage), "size": sets.mean_size}
    if sets.out_of_fold:
        return _(
            "Sets for {asked:.0%} coverage, found by cross-validation, hold the right label of {held} of the rows, "
            "each measured by the threshold of the others, with {size:.2f} labels in a set.",
            **told,
        )
    return _(
        "Sets for {asked:.0%} coverage hold the right label of {held} of the test rows, with {size:.2f} labels in a "
        "set.",
        **told,
    )
