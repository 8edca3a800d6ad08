"""`heptune reproduce`: the same from the same, a verdict by the stated interval, and nothing from other data."""

from pathlib import Path

import pytest

import heptune as library


@pytest.fixture
def run(heptune, data):
    heptune("run", data, "--method", "tfidf", "--out", "first")
    return Path("first")


def test_a_run_of_the_same_is_the_same_byte_for_byte(run, heptune):
    told = heptune("reproduce", run, "--format", "json").json
    assert (told["out"], told["reproduced"], told["identical"], told["same_answers"]) == (
        "first-reproduced",
        True,
        True,
        1,
    )
    assert told["after"] == told["before"]
    shown = heptune("reproduce", run, "--out", "again").out
    assert "reproduced: macro_f1" in shown
    assert "the same, byte for byte" in shown
    assert heptune("reproduce", run, "--out", "quietly", "--format", "quiet").out == "quietly\n"
    assert library.reproduce(run, "python").identical


def test_a_network_is_the_same_too(data, heptune, tiny_model):
    heptune("run", data, "--model", tiny_model("bert"), "--epochs", "2", "--precision", "fp32", "--out", "first")
    told = heptune("reproduce", "first", "--format", "json").json
    assert (told["identical"], told["same_answers"]) == (True, 1)


def test_other_data_are_refused_before_anything_is_trained(run, heptune, data):
    path = Path(data)
    path.write_text(path.read_text(encoding="utf-8") + "one more message,good\n", encoding="utf-8")
    outcome = heptune("reproduce", run, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "other_sources")
    assert outcome.error["faults"][0]["where"].endswith(path.name)
    assert not Path("first-reproduced/bundle").exists()


def test_a_result_outside_of_the_stated_interval_is_exit_code_4(run, heptune, monkeypatch):
    from heptune import reproduction

    real = reproduction.read_run

    def bragging(folder):
        facts = real(folder)
        if folder == run:
            score = facts.result.test.macro_f1.model_copy(update={"value": 0.5, "low": 0.4, "high": 0.6})
            test = facts.result.test.model_copy(update={"macro_f1": score})
            result = facts.result.model_copy(update={"test": test})
            object.__setattr__(facts.conclusion, "result", result)
        return facts

    monkeypatch.setattr(reproduction, "read_run", bragging)
    outcome = heptune("reproduce", run)
    assert outcome.code == 4
    assert "not reproduced" in outcome.out
    assert "outside of the interval" in outcome.err


def test_where_there_is_no_finished_run(heptune, data):
    heptune("run", data, "--method", "tfidf", "--stop-after", "3", "--out", "part")
    for folder in ("part", "nowhere"):
        outcome = heptune("reproduce", folder, "--format", "json")
        assert (outcome.code, outcome.error["code"]) == (5, "no_run")


def test_data_that_are_gone_are_named(run, heptune, data):
    Path(data).unlink()
    outcome = heptune("reproduce", run, "--format", "json")
    assert (outcome.code, outcome.error["where"]) == (3, str(data))
