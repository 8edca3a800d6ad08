"""Whether a bundle is what was written, and still answers as it did then."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from heptune.bundle.layout import BUNDLE_FILE, BundleInfo, GoldenPrediction
from heptune.bundle.load import check_agreement, check_bundle, read_bundle
from heptune.bundle.predictor import Prediction, Predictor
from heptune.errors import Fault, InvalidInputError
from heptune.i18n import Sentence, _
from heptune.schemas.verification import VerifiedBundle
from heptune.storage.artifacts import MANIFEST, Manifest, changed_files, read_manifest, sha256_of_file

# Of a scoring that tells no precision: scikit-learn's sums in double precision differ by less on any machine.
EXACT = 1e-6


def verify_bundle(folder: Path, predictor: Predictor | None = None) -> VerifiedBundle:
    """Compare the files with the manifest, and the answers to the shipped texts with those of when it was written.

    Args:
        folder: The bundle.
        predictor: Opened from it, in the precision that is to be verified; None opens it in its own.

    Raises:
        MissingError: there is no bundle, or it needs an extra.
        InvalidInputError: naming each file, or each text, that differs.
    """
    info = read_bundle(folder)
    check_bundle(folder)
    check_agreement(folder, info)
    opened = predictor or Predictor.open(folder, check=False)
    difference = _replay(folder, opened)
    manifest = read_manifest(folder)
    return VerifiedBundle(
        folder=str(folder),
        sha256=sha256_of_file(folder / MANIFEST),
        files=sum(entry.influences_prediction for entry in manifest.files.values()),
        golden=len(opened.info.golden),
        precision=opened.scoring.precision if opened.scoring else None,
        largest_difference=difference,
        warnings=tuple(_warnings(folder, manifest)),
    )


def _warnings(folder: Path, manifest: Manifest) -> Iterator[Sentence]:
    for name in changed_files(folder, manifest):
        yield _("{file} is not as it was written; no prediction depends on it", file=name)
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for name in sorted(set(names) - set(manifest.files) - {MANIFEST}):
        yield _("{file} was added; no prediction depends on it", file=name)


def _replay(folder: Path, predictor: Predictor) -> float:
    """Return the largest difference of a probability.

    Raises:
        InvalidInputError: an answer differs by more than its precision explains, or names another label.
    """
    info = predictor.info
    answers = predictor.predict([golden.text for golden in info.golden])
    found = predictor.rows_of(answers)
    recorded = np.array([golden.probabilities for golden in info.golden]).reshape(found.shape)
    differences = np.abs(found - recorded).max(axis=1, initial=0.0)
    tolerance = _tolerance(info, predictor)
    faults = [
        Fault(where=golden.text, message=message)
        for golden, answer, difference in zip(info.golden, answers, differences.tolist(), strict=True)
        if (message := _what_differs(golden, answer, difference, tolerance))
    ]
    if faults:
        raise InvalidInputError(
            _("The bundle does not answer as it did when it was written."),
            code="golden_differs",
            where=str(folder / BUNDLE_FILE),
            faults=faults,
            remedy=_(
                "Copy the bundle again as a whole; if that changes nothing, another version of a library computes "
                "otherwise here: install those that its provenance names."
            ),
        )
    return float(differences.max(initial=0.0))


def _tolerance(info: BundleInfo, predictor: Predictor) -> float:
    record = predictor.scoring
    return info.golden_tolerance[record.precision] if record else EXACT


def _what_differs(golden: GoldenPrediction, answer: Prediction, difference: float, tolerance: float) -> Sentence | None:
    if not difference <= tolerance:  # a text without an answer, not a number, is never near
        return _(
            "a probability differs by {difference:.2g}; {tolerance:.2g} is explained by the precision",
            difference=difference,
            tolerance=tolerance,
        )
    if answer.label != golden.label and not _is_close(golden.probabilities, tolerance):
        return _("answered {label}, recorded {golden}", label=str(answer.label), golden=golden.label)
    return None


def _is_close(probabilities: tuple[float, ...], tolerance: float) -> bool:
    """Return whether the two highest may change places within the tolerance."""
    first, second = sorted(probabilities)[-1:-3:-1]
    return first - second <= 2 * tolerance
