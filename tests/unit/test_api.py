"""What is wrong with the arguments of `heptune.run` is told before anything is done."""

import pytest

import heptune
from heptune.errors import HeptuneError, UsageError


def test_data_that_are_given_twice_are_refused(tmp_path):
    with pytest.raises(UsageError) as caught:
        heptune.run("a.csv", out=tmp_path / "run", sources={"data": "b.csv"})
    assert (caught.value.code, caught.value.found) == ("given_twice", "data")
    assert not (tmp_path / "run").exists()


def test_a_section_that_is_none_sets_nothing(tmp_path):
    with pytest.raises(HeptuneError) as caught:
        heptune.run(tmp_path / "a.csv", out=tmp_path / "run", sources=None)
    assert caught.value.code == "missing_path"
