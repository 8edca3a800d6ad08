"""How often a test set was scored on this machine."""

import json
from pathlib import Path

import pytest

from heptune.storage.test_scorings import count_test_scoring, scorings_so_far, state_folder

ONE, OTHER = "a" * 64, "b" * 64


def test_each_test_set_is_counted_by_its_own_digest(tmp_path):
    assert [count_test_scoring(digest, "run") for digest in (ONE, ONE, OTHER, ONE)] == [1, 2, 1, 3]
    lines = (tmp_path / "state" / "heptune" / "test_scorings.jsonl").read_text().splitlines()
    assert [json.loads(line)["test_sha256"] for line in lines] == [ONE, ONE, OTHER, ONE]


def test_asking_for_the_number_counts_nothing():
    assert scorings_so_far(ONE) is None
    count_test_scoring(ONE, "run")
    assert [scorings_so_far(ONE) for _time in range(2)] == [1, 1]
    assert scorings_so_far(OTHER) is None


def test_a_broken_line_of_another_process_does_no_harm(tmp_path):
    count_test_scoring(ONE, "run")
    with (tmp_path / "state" / "heptune" / "test_scorings.jsonl").open("ab") as stream:
        stream.write(b"\xff\xfe half a line\n")
    assert count_test_scoring(ONE, "run with 中文 and \udcff") == 2


def test_a_state_folder_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert count_test_scoring(ONE, "run") is None


def test_a_user_without_a_home_stops_nothing(monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert count_test_scoring(ONE, "run") is None


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_the_state_lies_below_the_home(tmp_path, monkeypatch, value):
    monkeypatch.setenv("HOME", str(tmp_path))
    if value is None:
        monkeypatch.delenv("XDG_STATE_HOME")
    else:
        monkeypatch.setenv("XDG_STATE_HOME", value)
    assert state_folder() == tmp_path / ".local" / "state" / "heptune"
