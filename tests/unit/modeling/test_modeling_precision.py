"""fp32 or bf16, how much memory, and what transformers says to the terminal."""

import logging
import warnings

import pytest
import torch

from heptune.errors import UsageError
from heptune.modeling import precision
from heptune.modeling.compat import foreign_faults, in_one_line, quiet_transformers
from heptune.modeling.memory import NetworkSize, training_memory_mib
from heptune.modeling.precision import choose_precision

CPU = torch.device("cpu")


def test_fp32_is_taken_as_given():
    for device in (CPU, torch.device("mps"), torch.device("cuda")):
        assert choose_precision("fp32", device).precision == "fp32"


@pytest.fixture
def anew():
    """Nothing is remembered of an earlier choice."""
    precision._bf16_support.cache_clear()
    yield
    precision._bf16_support.cache_clear()


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("unit", precision.BF16_UNITS)
@pytest.mark.parametrize(("ratio", "chosen"), [(2.2, "bf16"), (1.1, "fp32"), (0.02, "fp32")])
def test_bf16_is_chosen_where_it_wins_the_race(monkeypatch, unit, ratio, chosen):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {unit: True})
    monkeypatch.setattr(precision, "race", lambda: ratio)
    choice = choose_precision("auto", CPU)
    assert choice.precision == chosen
    assert f"{ratio:.1f} times" in choice.reason
    assert choose_precision("bf16", CPU).precision == "bf16"


@pytest.mark.usefixtures("anew")
def test_bf16_is_not_even_tried_without_a_unit_for_it(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "amx_bf16": False})
    monkeypatch.setattr(precision, "race", lambda: pytest.fail("tried"))
    assert choose_precision("auto", CPU).precision == "fp32"


def test_the_race_measures_something():
    assert 0.0 < precision.race() < 1000.0


def test_bf16_is_refused_where_the_device_cannot():
    with pytest.raises(UsageError) as caught:
        choose_precision("bf16", torch.device("mps"))
    assert caught.value.code == "no_bf16"
    assert choose_precision("auto", torch.device("mps")).precision == "fp32"


def test_the_memory_estimate_grows_with_parameters_and_tokens():
    from transformers import BertConfig, GPT2Config

    gpt2 = NetworkSize.of(GPT2Config())
    for config in (NetworkSize.of(BertConfig()), gpt2):
        base = training_memory_mib(1_000_000, config, tokens=1_000, longest=9, bf16=False)
        assert training_memory_mib(2_000_000, config, tokens=1_000, longest=9, bf16=False) > base
        assert training_memory_mib(1_000_000, config, tokens=2_000, longest=9, bf16=False) > base
        assert training_memory_mib(1_000_000, config, tokens=1_000, longest=99, bf16=False) > base
    # 20 bytes a weight, 6 more in bf16; 68 bytes a token, hidden unit and layer, 10 a pair of tokens, head and layer.
    assert training_memory_mib(2**20, gpt2, tokens=0, longest=9, bf16=False) == 20
    assert training_memory_mib(2**20, gpt2, tokens=0, longest=9, bf16=True) == 26
    assert training_memory_mib(0, gpt2, tokens=2**20, longest=0, bf16=False) == 68 * 768 * 12
    assert training_memory_mib(0, gpt2, tokens=2**20, longest=2, bf16=False) == (68 * 768 + 20 * 12) * 12


def test_transformers_is_silent_inside_the_block_and_as_it_was_after(capfd):
    from transformers.utils import logging as library

    before = (library.get_verbosity(), library.is_progress_bar_enabled())
    with quiet_transformers():
        library.get_logger("transformers.test").warning("hush")
        warnings.warn("hush", UserWarning, stacklevel=1)
        assert not library.is_progress_bar_enabled()
    assert (library.get_verbosity(), library.is_progress_bar_enabled()) == before
    assert capfd.readouterr().err == ""
    with pytest.raises(RuntimeError), quiet_transformers():
        raise RuntimeError
    assert (library.get_verbosity(), library.is_progress_bar_enabled()) == before


def test_the_users_own_loggers_are_left_alone(caplog):
    with quiet_transformers():
        logging.getLogger("mine").warning("heard")
    assert [record.message for record in caplog.records] == ["heard"]


def test_a_foreign_error_is_told_in_one_line():
    assert in_one_line(ValueError("one\n\n  two\n")) == "one two"
    assert in_one_line(AssertionError()) == "AssertionError"
    assert len(in_one_line(ValueError("x" * 5000))) == 200


def test_our_own_errors_are_no_foreign_faults():
    assert not isinstance(UsageError("a", code="b"), foreign_faults())
    assert not issubclass(KeyboardInterrupt, foreign_faults())
