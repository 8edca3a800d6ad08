"""Settings that nobody has to tune."""

from dataclasses import asdict, replace

import pytest
from methods_at_work import SETTINGS

from heptune.methods.finetune.defaults import (
    default_adversarial_strength,
    default_batch_size,
    default_epochs,
    default_head,
    default_learning_rate,
    resolve_settings,
)

OPEN = replace(SETTINGS, epochs=None, batch_size=None, learning_rate=None, adversarial_strength=None, head=None)


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
    strength = default_adversarial_strength(parameters, rows, labels)
    assert resolved.adversarial_strength == strength >= 0
    assert resolved.head == default_head(labels, new_head=True)
    assert resolved.epochs == default_epochs(rows, labels, moved=strength > 0, head=resolved.head) >= 1
    assert resolved.batch_size == default_batch_size(rows) >= 1
    assert resolved.learning_rate == default_learning_rate(parameters, rows, labels) > 0


ROWS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)


@pytest.mark.parametrize("labels", [2, 77])
@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("head", ["new", "probe"])
def test_more_rows_need_no_more_passes_and_no_larger_steps(labels, moved, head):
    epochs = [default_epochs(rows, labels, moved=moved, head=head) for rows in ROWS]
    assert epochs == sorted(epochs, reverse=True)
    rates = [default_learning_rate(22_700_000, rows, labels) for rows in ROWS]
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("moved", [False, True])
def test_few_rows_for_each_label_need_more_passes(moved):
    assert default_epochs(9_000, 77, moved=moved, head="new") > default_epochs(9_000, 2, moved=moved, head="new")


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("labels", [2, 77])
@pytest.mark.parametrize("moved", [False, True])
def test_a_head_that_begins_as_a_probe_needs_no_more_passes(rows, labels, moved):
    probe, new = (default_epochs(rows, labels, moved=moved, head=head) for head in ("probe", "new"))
    assert probe <= new


@pytest.mark.parametrize("labels", [2, 77])
@pytest.mark.parametrize("rows", ROWS)
def test_texts_that_are_moved_as_well_need_no_more_passes(rows, labels):
    moved, still = (default_epochs(rows, labels, moved=moved, head="new") for moved in (True, False))
    assert moved <= still


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("labels", [2, 77])
def test_larger_models_take_no_larger_steps(rows, labels):
    rates = [default_learning_rate(10**power, rows, labels) for power in range(6, 12)]
    assert rates == sorted(rates, reverse=True)


def test_small_models_take_larger_steps_to_many_labels():
    assert default_learning_rate(22_700_000, 9_000, 77) > default_learning_rate(22_700_000, 9_000, 3)
    assert default_learning_rate(124_000_000, 9_000, 77) == default_learning_rate(124_000_000, 9_000, 3)


def test_many_labels_begin_with_a_probe_unless_the_model_brings_a_head():
    assert default_head(77, new_head=True) == "probe"
    assert default_head(77, new_head=False) == default_head(3, new_head=True) == "new"
    assert resolve_settings(OPEN, parameters=22_700_000, rows=1000, labels=77, new_head=False).head == "new"


def test_texts_are_moved_for_small_models_enough_rows_and_few_labels_and_never_against_the_users_will():
    assert default_adversarial_strength(22_700_000, 9_000, 3) > 0
    for parameters, rows, labels in ((124_000_000, 9_000, 3), (22_700_000, 900, 3), (22_700_000, 9_000, 77)):
        assert default_adversarial_strength(parameters, rows, labels) == 0
    assert resolve_settings(SETTINGS, parameters=22_700_000, rows=9_000, labels=3).adversarial_strength == 0
