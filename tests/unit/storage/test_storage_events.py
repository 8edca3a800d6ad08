"""One JSON object a line, appended; listeners hear the same."""

import json

import pytest

from heptune.errors import ResourceError
from heptune.storage.events import EventLog


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_events_are_appended_and_handed_on_in_order(tmp_path):
    heard = []
    for names in (("step_started", "notice"), ("warning",)):
        log = EventLog(tmp_path / "events.jsonl", (heard.append,))
        for name in names:
            log.emit(name, message="好\n评", name="dataset")
    lines = read(tmp_path / "events.jsonl")
    assert [line["event"] for line in lines] == ["step_started", "notice", "warning"] == [event.name for event in heard]
    assert all(line["message"] == "好\n评" and line["name"] == "dataset" for line in lines)
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)


@pytest.mark.parametrize(
    "torn", ['{"time": 1.0, "ev', '{"time": 1.0, "event": "notice"}', "好".encode()[:2].decode("latin-1")]
)
def test_a_torn_last_line_does_not_swallow_the_next_event(tmp_path, torn):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event": "first"}\n' + torn.encode("latin-1"))
    EventLog(path).emit("notice", message="after")
    lines = path.read_bytes().split(b"\n")
    assert lines[:2] == [b'{"event": "first"}', torn.encode("latin-1")]
    assert json.loads(lines[2])["message"] == "after"
    assert len(lines) == 4


def test_an_empty_or_whole_file_is_left_as_it_is(tmp_path):
    for content in (b"", b"{}\n"):
        (tmp_path / "events.jsonl").write_bytes(content)
        EventLog(tmp_path / "events.jsonl")
        assert (tmp_path / "events.jsonl").read_bytes() == content


def test_a_file_that_cannot_be_written_is_a_resource_error(tmp_path):
    (tmp_path / "events.jsonl").mkdir()
    with pytest.raises(ResourceError):
        EventLog(tmp_path / "events.jsonl").emit("notice")
