"""A step whose inputs are unchanged is not done again; a step that is done again names what changed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from heptune.errors import InvalidInputError, ResourceError, UsageError
from heptune.i18n import _
from heptune.schemas.config import Config
from heptune.schemas.record import StepResult
from heptune.storage.artifacts import MANIFEST
from heptune.storage.run_store import open_run
from heptune.storage.step_files import read_result, stored_seconds
from heptune.storage.step_inputs import Step

LIBRARY = "heptune-test-library"


class Counted(StepResult):
    step_number: ClassVar[int] = 1
    step_name: ClassVar[str] = "count"

    tens: int


class Doubled(StepResult):
    step_number: ClassVar[int] = 2
    step_name: ClassVar[str] = "double"

    value: int


class CountConfig(Config):
    size: int = 40
    note: str | None = None


class DoubleConfig(Config):
    pass


class Workshop:
    """A run folder with two steps, and a record of what happens in it."""

    def __init__(self, folder):
        self.folder = folder
        self.fails = False
        self.count_step = Step(Counted, self.count, libraries=(LIBRARY,))
        self.double_step = Step(Doubled, self.double)

    def count(self, run, config):
        with run.artifact_folder("numbers") as folder:
            (folder / "rows.txt").write_text("\n".join(map(str, range(config.size))))
        if self.fails:
            raise ValueError("ours")
        return Counted(tens=config.size // 10)

    def double(self, run, _config, _counted, *, factor):
        with run.artifact_file("double.txt") as file:
            file.write_text(str(_counted.tens * factor))
        return Doubled(value=_counted.tens * factor)

    def go(self, *, fresh=False, given=None, **settings):
        """Run both steps; return for each the reasons for which it was done, None where it was reused."""
        events = []
        with open_run(self.folder, fresh=fresh, listeners=(events.append,)) as run:
            counted = run.step(self.count_step, CountConfig(**settings), given=given)
            doubled = run.step(self.double_step, DoubleConfig(), counted, factor=2)
            assert run.seconds.keys() == {"count", "double"}
        assert doubled.value == 2 * counted.tens
        finished = [event.fields for event in events if event.name == "step_finished"]
        return {event["name"]: None if event["reused"] else event["changed"] for event in finished}


REUSED = {"count": None, "double": None}


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path / "run")


def install(folder, version):
    info = folder / f"heptune_test_library-{version}.dist-info"
    for old in folder.glob("*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {LIBRARY}\nVersion: {version}\n")


def test_unchanged_inputs_are_reused(workshop):
    assert workshop.go() == {"count": [], "double": []}
    before = {path: path.stat().st_mtime_ns for path in workshop.folder.rglob("*") if path.name != "events.jsonl"}
    assert workshop.go() == REUSED
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_changed_setting_is_named_with_both_values(workshop):
    workshop.go()
    assert workshop.go(size=50)["count"] == ["the setting count.size (40 → 50)"]


def test_all_changes_are_named(workshop):
    workshop.go()
    assert workshop.go(size=50, note="so", given={"a.csv": "1"})["count"] == [
        'the setting count.note (not set → "so")',
        "the setting count.size (40 → 50)",
        "the file a.csv",
    ]


@pytest.mark.parametrize(("before", "after"), [("1", "2"), (None, "1"), ("1", None)])
def test_a_changed_a_new_and_a_removed_file_are_named(workshop, before, after):
    def given(digest):
        return {"C:\\data\\a.csv": digest} if digest else {}

    workshop.go(given=given(before))
    assert workshop.go(given=given(after))["count"] == ["the file C:\\data\\a.csv"]
    assert workshop.go(given=given(after)) == REUSED


def test_a_changed_result_of_an_earlier_step_is_named_after_it(workshop):
    workshop.go()
    assert workshop.go(size=50)["double"] == ["the result of step 1 (count)"]


def test_a_step_whose_recorded_files_are_gone_is_done_again_and_they_are_named(workshop):
    workshop.go()
    lost = ["/cache/rows.csv"]
    workshop.count_step = replace(workshop.count_step, changed_files=lambda counted: lost[: counted.tens])
    assert workshop.go() == {"count": ["the file /cache/rows.csv"], "double": None}
    lost.clear()
    assert workshop.go() == REUSED


def test_a_step_is_reused_when_what_it_builds_on_came_out_equal(workshop):
    workshop.go()
    assert workshop.go(size=41) == {"count": ["the setting count.size (40 → 41)"], "double": None}


def test_another_version_of_a_library_is_named(workshop, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert workshop.go() == {"count": [], "double": []}
    reasons = []
    for version in ("1.0", "2.0"):
        install(tmp_path / "site", version)
        reasons += workshop.go()["count"]
        assert workshop.go() == REUSED
    assert reasons == [f"the version of {LIBRARY} (absent → 1.0)", f"the version of {LIBRARY} (1.0 → 2.0)"]


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("numbers/rows.txt", "numbers"),
        (f"numbers/{MANIFEST}", "numbers"),
        ("1_count.json", "1_count.json"),
    ],
)
def test_a_damaged_artifact_is_named_and_made_again(workshop, damage, named):
    workshop.go()
    path = workshop.folder / damage
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"4", b"5") if damage.endswith("rows.txt") else whole[: len(whole) // 2])
    assert workshop.go() == {"count": [f"{named} in the run folder"], "double": None}
    assert workshop.go() == REUSED
    assert damage == "1_count.json" or path.read_bytes() == whole


def test_a_missing_artifact_is_named_and_made_again(workshop):
    workshop.go()
    (workshop.folder / "double.txt").unlink()
    assert workshop.go() == {"count": None, "double": ["double.txt in the run folder"]}
    assert (workshop.folder / "double.txt").read_text() == "8"


@pytest.mark.parametrize(
    "change",
    [
        {"result": {"tens": 5}},
        {"result": {"tens": "many"}},
        {"result": {}},
        {"result": {"tens": 4, "more": 1}},
        {"fingerprint": "0" * 64},
        {"schema_version": 0},
        {"schema_version": 2},
    ],
)
def test_a_result_that_was_edited_or_has_other_fields_is_made_again(workshop, change):
    workshop.go()
    path = workshop.folder / "1_count.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert workshop.go() == {"count": ["1_count.json in the run folder"], "double": None}


def test_fresh_reuses_nothing(workshop):
    workshop.go()
    assert workshop.go(fresh=True) == {"count": [], "double": []}
    with open_run(workshop.folder, fresh=True) as run:
        assert run.earlier_result(Counted) is None
    with open_run(workshop.folder) as run:
        assert run.earlier_result(Counted) == Counted(tens=4)


def test_a_damaged_earlier_result_is_none(workshop):
    workshop.go()
    path = workshop.folder / "1_count.json"
    path.write_text(path.read_text().replace('"tens": 4', '"tens": 5'))
    with open_run(workshop.folder) as run:
        assert run.earlier_result(Counted) is None
        assert run.earlier_result(Doubled) == Doubled(value=8)


def test_a_step_that_fails_after_writing_its_artifact_is_done_again(workshop):
    workshop.go()
    workshop.fails = True
    with pytest.raises(ValueError, match="ours"):
        workshop.go(size=50)
    workshop.fails = False
    assert workshop.go()["count"] == ["numbers in the run folder"]


def test_what_a_killed_process_left_is_removed(workshop):
    workshop.go()
    (workshop.folder / ".numbers.tmp-1-0123abcd").mkdir()
    (workshop.folder / ".1_count.json.tmp-1-0123abcd").write_text("half")
    assert workshop.go() == REUSED
    assert not list(workshop.folder.glob(".*.tmp-*"))


def test_events_of_all_runs_are_kept(workshop):
    for _time in range(2):
        workshop.go()
    names = [json.loads(line)["event"] for line in (workshop.folder / "events.jsonl").read_text().splitlines()]
    assert names == [*["step_started", "step_finished"] * 2, "run_finished"] * 2


def test_the_stream_tells_how_a_run_ended(tmp_path):
    heard = []
    with pytest.raises(UsageError), open_run(tmp_path / "run", listeners=(heard.append,)):
        raise UsageError("no such thing", code="no_such_thing", remedy="look again")
    with pytest.raises(ZeroDivisionError), open_run(tmp_path / "run", listeners=(heard.append,)):
        raise ZeroDivisionError("ours")
    assert [(event.name, event.fields) for event in heard] == [
        ("run_failed", {"code": "no_such_thing", "message": "no such thing"}),
        ("run_failed", {"code": "internal_error", "message": "an error that Heptune did not expect"}),
    ]


def test_a_stream_that_cannot_be_written_does_not_hide_why_the_run_failed(tmp_path):
    def fail():
        (tmp_path / "run" / "events.jsonl").mkdir()
        raise UsageError("no such thing", code="no_such_thing")

    with pytest.raises(UsageError), open_run(tmp_path / "run"):
        fail()


def test_warnings_of_a_step_follow_it_in_the_stream_whether_it_was_done_or_reused(tmp_path):
    def count(_run, _config):
        return Counted(tens=4, warnings=(_("{count} rows", count=3),))

    for reused in (False, True):
        heard = []
        with open_run(tmp_path / "run", listeners=(heard.append,)) as run:
            run.step(Step(Counted, count), CountConfig())
        assert [event.name for event in heard] == ["step_started", "step_finished", "warning", "run_finished"]
        assert heard[1].fields["reused"] is reused
        assert heard[2].fields == {"step": 1, "message": "3 rows"}


def test_stored_results_can_be_read_without_opening_the_run(workshop):
    assert read_result(workshop.folder, Counted) is None
    workshop.go()
    assert read_result(workshop.folder, Counted) == Counted(tens=4)
    assert stored_seconds(workshop.folder, (Counted, Doubled)).keys() == {"count", "double"}


@pytest.mark.parametrize(
    ("change", "code"), [({"schema_version": 2}, "newer_version"), ({"result": {"tens": 5}}, "damaged_result")]
)
def test_a_newer_and_a_damaged_result_are_refused_with_their_file(workshop, change, code):
    workshop.go()
    path = workshop.folder / "1_count.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InvalidInputError) as caught:
        read_result(workshop.folder, Counted)
    assert (caught.value.code, caught.value.where) == (code, str(path))
    assert caught.value.remedy


def test_a_result_that_cannot_be_read_at_all_is_refused_with_its_file(workshop):
    workshop.go()
    path = workshop.folder / "1_count.json"
    path.write_text("{")
    with pytest.raises(InvalidInputError) as caught:
        read_result(workshop.folder, Counted)
    assert (caught.value.code, caught.value.where) == ("damaged_result", str(path))


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(UsageError) as caught, open_run(tmp_path):
        pass
    assert (caught.value.exit_code, caught.value.code, caught.value.where) == (2, "not_a_run_folder", str(tmp_path))
    assert "thesis.docx" in caught.value.found
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_in_the_place_of_the_run_folder_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(UsageError) as caught, open_run(tmp_path / "run"):
        pass
    assert caught.value.code == "not_a_run_folder"
    assert (tmp_path / "run").read_text() == "mine"


@pytest.mark.parametrize("place", ["/proc/heptune", "{tmp_path}/file/run"])
def test_a_place_that_cannot_be_written_is_a_resource_error(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError) as caught, open_run(Path(place.format(tmp_path=tmp_path))):
        pass
    assert (caught.value.exit_code, caught.value.code) == (6, "not_writable")


def test_an_empty_folder_is_taken(workshop):
    workshop.folder.mkdir()
    assert workshop.go() == {"count": [], "double": []}
