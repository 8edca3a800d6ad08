"""Figures that well-known libraries give too."""

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import brier_score_loss

from heptune.evaluation.abstention import conformal_sets, conformal_threshold
from heptune.evaluation.calibration import brier_score, expected_calibration_error


def drawn(rows, classes, *, seed, skill=1.5):
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(rows, classes))
    labels = generator.integers(classes, size=rows)
    logits[np.arange(rows), labels] += skill
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("rows", "classes", "bins"), [(1_000, 3, 15), (50, 2, 15), (3_000, 77, 10)])
def test_the_calibration_error_in_bins_of_equal_width_is_that_of_torchmetrics(rows, classes, bins):
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports
        functional = pytest.importorskip("torchmetrics.functional.classification")
    labels, probabilities = drawn(rows, classes, seed=bins)
    expected = functional.multiclass_calibration_error(
        torch.from_numpy(probabilities), torch.from_numpy(labels), num_classes=classes, n_bins=bins, norm="l1"
    )
    assert expected_calibration_error(labels, probabilities, bins=bins, equal="width") == pytest.approx(
        float(expected), abs=1e-6
    )


@pytest.mark.parametrize("classes", [2, 5])
def test_the_brier_score_is_that_of_scikit_learn(classes):
    labels, probabilities = drawn(500, classes, seed=1)
    expected = brier_score_loss(labels, probabilities, labels=np.arange(classes), scale_by_half=False)
    assert brier_score(labels, probabilities) == pytest.approx(expected, abs=1e-12)


class Told(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose features are the probabilities that it gives."""

    def __init__(self, classes=3):
        self.classes = classes
        self.classes_ = np.arange(classes)
        self.is_fitted_ = True

    def fit(self, _features, _labels):
        return self

    def predict_proba(self, features):
        return np.asarray(features)

    def predict(self, features):
        return self.predict_proba(features).argmax(axis=1)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_sets_of_labels_are_those_of_mapie(coverage):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classification = pytest.importorskip("mapie.classification")
        kept, new = drawn(400, 3, seed=2), drawn(300, 3, seed=3)
        oracle = classification.SplitConformalClassifier(
            Told(), confidence_level=coverage, conformity_score="lac", prefit=True
        )
        oracle.conformalize(kept[1], kept[0])
        _predictions, sets = oracle.predict_set(new[1])
    ours = conformal_sets(new[1], conformal_threshold(*kept, coverage))
    expected = sets[:, :, 0]
    never_empty = expected.any(axis=1)  # ours hold the most probable label at least
    assert np.array_equal(ours[never_empty], expected[never_empty])
    assert ours[~never_empty].sum() == np.sum(~never_empty)
