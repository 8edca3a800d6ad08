"""Settings that nobody has to tune."""

from dataclasses import asdict, replace

import pytest
from methods_at_work import SETTINGS

from heptune.methods.finetune.defaults import (
    default_batch_size,
    default_epochs,
    default_learning_rate,
    resolve_settings,
)

OPEN = replace(SETTINGS, epochs=None, batch_size=None, learning_rate=None)


def test_what_the_user_set_stays():
    resolved = asdict(resolve_settings(SETTINGS, parameters=22_000_000, rows=1000))
    wanted = {name: value for name, value in asdict(SETTINGS).items() if name != "precision"}
    assert resolved == wanted


@pytest.mark.parametrize("rows", [1, 900, 2_999, 3_000, 27_480, 10_000_000])
@pytest.mark.parametrize("parameters", [1, 22_700_000, 124_000_000, 8_000_000_000])
def test_what_was_left_open_is_filled_in(rows, parameters):
    resolved = resolve_settings(OPEN, parameters=parameters, rows=rows)
    assert resolved.epochs == default_epochs(rows) >= 1
    assert resolved.batch_size == default_batch_size(rows) >= 1
    assert resolved.learning_rate == default_learning_rate(parameters) > 0


def test_more_rows_need_no_more_passes_and_larger_models_no_larger_steps():
    rows = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
    epochs = [default_epochs(count) for count in rows]
    assert epochs == sorted(epochs, reverse=True)
    rates = [default_learning_rate(10**power) for power in range(6, 12)]
    assert rates == sorted(rates, reverse=True)
