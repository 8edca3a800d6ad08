"""A folder of answers: what is whole stays, and a job that was killed goes on."""

import json
import shutil

import pytest

from heptune.errors import InvalidInputError, UsageError
from heptune.prediction import folder as folder_module
from heptune.prediction import task as task_module
from heptune.prediction.folder import JOB_FILE, predict_to_folder
from heptune.prediction.standard_input import Lines

COUNT = 95


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(folder_module, "SHARD_ROWS", 20)
    monkeypatch.setattr(task_module, "ROWS_AT_ONCE", 7)


@pytest.fixture
def data(tmp_path):
    lines = [json.dumps({"text": f"text {n}", "n": n}) if n % 11 else "{" for n in range(COUNT)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path / "in.jsonl"


def answers(out):
    files = sorted(out.glob("part-*"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def is_whole(out):
    return [row.get("n") for row in answers(out)] == [n if n % 11 else None for n in range(COUNT)]


def test_files_have_so_many_rows_each_and_hold_all_in_their_order(task, data, tmp_path):
    report = predict_to_folder(task(data), tmp_path / "out")
    assert is_whole(tmp_path / "out")
    sizes = [len(file.read_text().splitlines()) for file in sorted((tmp_path / "out").glob("part-*"))]
    assert sizes == [20, 20, 20, 20, 15]
    assert (report.rows, report.kept_rows) == (COUNT, 0)
    job = json.loads((tmp_path / "out" / JOB_FILE).read_text())
    assert (job["complete"], [shard["rows"] for shard in job["shards"]]) == (True, sizes)


@pytest.mark.parametrize("stop_at", [1, 7, 20, 21, 40, 60, 94])
def test_a_job_that_was_stopped_goes_on_and_does_nothing_twice(task, data, tmp_path, stop_at):
    out, seen = tmp_path / "out", []

    def stop(done, _total):
        seen.append(done)
        if done >= stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_to_folder(task(data, watch=stop), out)
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    report = predict_to_folder(task(data), out)
    assert is_whole(out)
    assert report.kept_rows == 20 * len(before)
    assert report.rows == COUNT - report.kept_rows
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before


def test_a_finished_folder_is_left_as_it_is(task, data, tmp_path):
    predict_to_folder(task(data), tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    report = predict_to_folder(task(data), tmp_path / "out")
    assert (report.rows, report.kept_rows) == (0, COUNT)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_file_that_somebody_took_away_is_made_again(task, data, tmp_path):
    predict_to_folder(task(data), tmp_path / "out")
    (tmp_path / "out" / "part-000001.jsonl").unlink()
    assert predict_to_folder(task(data), tmp_path / "out").kept_rows == 20
    assert is_whole(tmp_path / "out")


def test_what_a_killed_process_left_half_written_is_removed(task, data, tmp_path):
    out = tmp_path / "out"
    predict_to_folder(task(data), out)
    (out / ".part-000009.jsonl.tmp-1-0123abcd").write_text("{")
    predict_to_folder(task(data), out)
    assert not list(out.glob(".part*"))


@pytest.mark.parametrize("changed", ["rows", "setting", "bundle", "job"])
def test_answers_of_another_job_are_not_mixed_with_these(task, data, tmp_path, changed):
    out = tmp_path / "out"
    predict_to_folder(task(data), out)
    other = task(data, scores="top") if changed == "setting" else task(data)
    if changed == "rows":
        data.write_text(data.read_text() + '{"text": "one more"}\n')
        other = task(data)
    if changed == "bundle":
        (other.bundle / "MANIFEST.json").write_text("{ }")
    if changed == "job":
        (out / JOB_FILE).write_text("{")
    with pytest.raises(InvalidInputError) as caught:
        predict_to_folder(other, out)
    assert caught.value.code == "other_job"
    assert is_whole(out)


def test_a_folder_of_other_things_is_not_written_into(task, data, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(UsageError) as caught:
        predict_to_folder(task(data), tmp_path / "out")
    assert (caught.value.code, "mine.txt" in caught.value.found) == ("foreign_folder", True)


def test_standard_input_cannot_be_read_again(task, data, tmp_path):
    from dataclasses import replace

    with pytest.raises(UsageError) as caught:
        predict_to_folder(replace(task(data), source=Lines((), [b"x\n"])), tmp_path / "out")
    assert caught.value.code == "no_way_back"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "ending"), [("in.csv", ".csv"), ("in.json", ".jsonl"), ("in.csv.gz", ".csv")])
def test_files_have_the_format_of_the_rows(task, tmp_path, name, ending):
    import gzip

    content = '[{"text": "x"}]' if ending == ".jsonl" else "text\nx\n"
    (tmp_path / name).write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    predict_to_folder(task(tmp_path / name), tmp_path / "out")
    assert [path.suffix for path in (tmp_path / "out").glob("part-*")] == [ending]
    shutil.rmtree(tmp_path / "out")
