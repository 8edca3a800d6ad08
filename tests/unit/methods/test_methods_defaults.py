"""Settings that nobody has to tune."""

from dataclasses import asdict, replace

import pytest
from methods_at_work import SETTINGS

from heptune.methods.finetune.defaults import (
    default_adversarial_strength,
    default_batch_size,
    default_epochs,
    default_learning_rate,
    resolve_settings,
)

OPEN = replace(SETTINGS, epochs=None, batch_size=None, learning_rate=None, adversarial_strength=None)


def test_what_the_user_set_stays():
    asked = replace(SETTINGS, head="probe")
    resolved = asdict(resolve_settings(asked, parameters=22_000_000, rows=1000, labels=3))
    wanted = {name: value for name, value in asdict(asked).items() if name not in ("precision", "without")}
    assert resolved == wanted


@pytest.mark.parametrize("rows", [1, 900, 2_999, 3_000, 27_480, 10_000_000])
@pytest.mark.parametrize("parameters", [1, 22_700_000, 124_000_000, 8_000_000_000])
@pytest.mark.parametrize("labels", [2, 77, 10_000])
def test_what_was_left_open_is_filled_in(rows, parameters, labels):
    resolved = resolve_settings(OPEN, parameters=parameters, rows=rows, labels=labels)
    strength = default_adversarial_strength(parameters, labels)
    assert resolved.adversarial_strength == strength >= 0
    assert resolved.epochs == default_epochs(rows, labels, moved=strength > 0) >= 1
    assert resolved.batch_size == default_batch_size(rows) >= 1
    assert resolved.learning_rate == default_learning_rate(parameters, rows, labels) > 0


ROWS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)


@pytest.mark.parametrize("labels", [2, 77])
@pytest.mark.parametrize("moved", [False, True])
def test_more_rows_need_no_more_passes_and_no_larger_steps(labels, moved):
    epochs = [default_epochs(rows, labels, moved=moved) for rows in ROWS]
    assert epochs == sorted(epochs, reverse=True)
    rates = [default_learning_rate(22_700_000, rows, labels) for rows in ROWS]
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("moved", [False, True])
def test_few_rows_for_each_label_need_more_passes(moved):
    assert default_epochs(9_000, 77, moved=moved) > default_epochs(9_000, 2, moved=moved)


@pytest.mark.parametrize("labels", [2, 77])
@pytest.mark.parametrize("rows", ROWS)
def test_texts_that_are_moved_as_well_need_no_more_passes(rows, labels):
    assert default_epochs(rows, labels, moved=True) <= default_epochs(rows, labels, moved=False)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("labels", [2, 77])
def test_larger_models_take_no_larger_steps(rows, labels):
    rates = [default_learning_rate(10**power, rows, labels) for power in range(6, 12)]
    assert rates == sorted(rates, reverse=True)


def test_small_models_take_larger_steps_to_many_labels():
    assert default_learning_rate(22_700_000, 9_000, 77) > default_learning_rate(22_700_000, 9_000, 3)
    assert default_learning_rate(124_000_000, 9_000, 77) == default_learning_rate(124_000_000, 9_000, 3)


def test_texts_are_moved_for_small_models_and_few_labels_and_never_against_the_users_will():
    assert default_adversarial_strength(22_700_000, 3) > 0
    assert default_adversarial_strength(124_000_000, 3) == default_adversarial_strength(22_700_000, 77) == 0
    assert resolve_settings(SETTINGS, parameters=22_700_000, rows=1000, labels=3).adversarial_strength == 0
