"""A promise that was found by cross-validation, kept by a model that learnt from all rows."""

import csv

import numpy as np
import pytest

from heptune.data.folded_rows import fold_rows
from heptune.evaluation.abstention import find_threshold
from heptune.evaluation.temperature import fit_temperature, is_needed, with_temperature
from heptune.methods.tfidf import fit_tfidf
from heptune.runtimes.tfidf_runtime import TfidfRuntime
from heptune.steps.step7_training.calibration import cross_fitted

DRAWS, ROWS = 60, 250


def answers(texts, classes, learnt, asked):
    model = fit_tfidf([texts[row] for row in learnt], classes[learnt], class_count=2)
    return TfidfRuntime(model).score([texts[row] for row in asked]).probabilities


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("asked", [0.85, 0.9])
def test_promises_hold_for_new_rows(shared_data, asked):
    """Chinese reviews: of promises one in twenty may be broken, here at most 7 in 100."""
    with (shared_data / "waimai_10k/waimai_10k.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, classes = [row["review"] for row in rows], np.array([int(row["label"]) for row in rows], dtype=np.int32)
    promised = broken = 0
    for draw in range(DRAWS):
        order = np.random.default_rng(draw).permutation(len(texts))
        own, fresh = order[:ROWS], order[ROWS : ROWS + 2_000]
        folds = fold_rows(classes[own].astype(np.int64), np.arange(ROWS), seed=draw).folds[0]
        judged = np.empty((ROWS, 2))
        for fold in range(5):
            judged[folds == fold] = answers(texts, classes, own[folds != fold], own[folds == fold])
        temperature = fit_temperature(classes[own], judged)
        needed = is_needed(classes[own], judged, temperature)
        found = find_threshold(classes[own], cross_fitted(classes[own], judged, folds) if needed else judged, asked)
        if found is None:
            continue
        shipped = answers(texts, classes, own, fresh)
        shipped = with_temperature(shipped, temperature) if needed else shipped
        accepted = shipped.max(axis=1) >= found.threshold
        promised += 1
        broken += bool(accepted.any()) and np.mean(shipped.argmax(axis=1)[accepted] == classes[fresh][accepted]) < asked
    assert promised >= DRAWS / 10
    assert broken <= 0.07 * DRAWS
