"""Rows of a benchmark are kept as they come: one that fails, or is left out, costs no other."""

import subprocess

import pytest
from benchmarks import accuracy, defaults, table
from benchmarks.table import Job, Table, finished_run, merge_row, run_jobs

TABLE = Table("speed", "Speed", ("In seconds.",), ("job", "seconds"))


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The file of the table."""
    monkeypatch.setattr(table, "RESULTS", tmp_path / "results")
    return tmp_path / "results" / f"speed-{table.cpu_class()}.md"


def rows(path):
    lines = [line.strip("| ").split(" | ") for line in path.read_text(encoding="utf-8").splitlines()]
    return [tuple(cells[:2]) for cells in lines if len(cells) == 3][1:]


def go(*only, **seconds):
    run_jobs(TABLE, [Job(name, lambda value=value: [str(value)]) for name, value in seconds.items()], only)


def fail():
    raise subprocess.CalledProcessError(3, "heptune run", "", "no such file")


def test_a_row_takes_the_place_of_the_one_with_its_name_and_others_stay(path):
    go(first=1, second=2, third=3)
    assert rows(path) == [("first", "1"), ("second", "2"), ("third", "3")]
    go("sec", first=10, second=20, fourth=4)
    assert rows(path) == [("first", "1"), ("second", "20"), ("third", "3")]
    go(fourth=4)
    assert rows(path)[3] == ("fourth", "4")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Speed, ")
    assert text.count("In seconds.") == text.count("| job |") == 1


def test_a_job_that_fails_is_told_and_costs_no_other(path, capsys):
    go(first=1, second=2)
    jobs = [Job("first", lambda: ["10"]), Job("second", fail), Job("third", lambda: ["30"])]
    with pytest.raises(SystemExit, match="second"):
        run_jobs(TABLE, jobs, ())
    assert rows(path) == [("first", "10"), ("second", "2"), ("third", "30")]
    assert "no such file" in capsys.readouterr().err


def test_a_file_with_other_columns_is_not_overwritten(path):
    go(first=1)
    other = Table("speed", "Speed", (), ("job", "minutes"))
    before = path.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="other columns"):
        merge_row(path, other, "amx", ["first", "1", "today"])
    assert path.read_text(encoding="utf-8") == before


def test_a_run_is_a_process_of_its_own_and_its_folder_is_there_until_the_end():
    with finished_run("sample:english", "--method", "tfidf", "--sample", 60) as run:
        assert run.printed["test"]["n"] == 300
        assert (run.folder / "7_training.json").is_file()
    assert not run.folder.exists()
    with pytest.raises(subprocess.CalledProcessError), finished_run("nowhere.csv"):
        pass


def test_every_row_of_every_table_has_a_name_of_its_own(tmp_path):
    for names in ([task.name for task in accuracy.TASKS], [job.name for job in defaults._jobs(tmp_path)]):
        assert len(set(names)) == len(names) > 5


def test_where_a_file_is_not_split_the_trials_leave_the_rows_of_the_benchmark_alone():
    seeds = {task.data: task.seeds for task in accuracy.TASKS}
    unsplit = [trials for trials in defaults.TRIALS if trials.data in seeds]
    assert {trials.seeds for trials in unsplit} == {seeds[trials.data] for trials in unsplit} == {(42,)}
