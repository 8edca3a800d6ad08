"""`heptune predict --executor ray`: the same rows and scores as one process, also where a worker dies."""

import csv
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from command_line import start
from made_up_data import messages, write_csv

import heptune as library

pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")]

ROWS = 60_000
TEXTS = ("great", "awful", "sad", "happy", "")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("XDG_STATE_HOME", str(folder / "state"))
        data = write_csv(folder / "d.csv", messages(120))
        return library.run(data, sources={"method": "tfidf"}, out=folder / "run").bundle


@pytest.fixture
def rows(workplace):
    with (workplace / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        writer.writerows((n, f"{TEXTS[n % 5]} {n}" if n % 5 != 4 else "") for n in range(ROWS))
        file.write("broken\n")
    return Path("rows.csv")


def workers():
    """Processes in which the bundle scores."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ray::MapWorker(MapBatches(Worker))" in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def score(bundle, *options, seconds=240):
    """Predict in a process of its own: Ray leaves threads and sockets in the one that it was in."""
    out, err = start("predict", bundle, *options, "--format", "json").communicate(timeout=seconds)
    assert out, err
    return json.loads(out)


def test_workers_give_what_one_process_gives_and_a_folder_goes_on(bundle, rows, workplace):
    library.predict(bundle, rows, workplace / "here.csv")
    told = score(bundle, rows, "--out", "there", "--executor", "ray")
    assert (told["rows"], told["errors"]) == (ROWS + 1, {"empty_text": ROWS // 5, "bad_row": 1})
    parts = sorted((workplace / "there").glob("part-*"))
    header, *lines = (workplace / "here.csv").read_text(encoding="utf-8").splitlines()
    found = [part.read_text(encoding="utf-8").splitlines() for part in parts]
    assert all(part[0] == header for part in found)
    assert [line for part in found for line in part[1:]] == lines
    parts[-1].unlink()
    again = score(bundle, rows, "--out", "there", "--executor", "ray")
    assert (again["kept_rows"], again["rows"]) == (50_000, ROWS + 1 - 50_000)
    assert parts[-1].read_text(encoding="utf-8").splitlines()[1:] == lines[50_000:]


def test_a_worker_that_dies_is_started_again_and_no_row_is_lost(bundle, rows, workplace):
    process = start("predict", bundle, rows, "--out", "there.csv", "--executor", "ray", "--format", "json")
    end = time.monotonic() + 120
    while not (found := workers()):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(1)
    os.kill(found[0], signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert json.loads(out)["rows"] == ROWS + 1
    assert "worker died" in err
    library.predict(bundle, rows, workplace / "here.csv")
    assert Path("there.csv").read_bytes() == Path("here.csv").read_bytes()


def test_where_there_is_no_cluster_it_is_said(bundle, rows):
    told = score(bundle, rows, "--out", "x.csv", "--executor", "ray", "--ray-address", "127.0.0.1:1")
    assert told["error"]["code"] == "no_cluster"


def test_workers_cannot_read_standard_input(bundle, heptune):
    outcome = heptune(
        "predict", bundle, "-", "--out", "x.csv", "--executor", "ray", "--format", "json", standard_input=b"a"
    )
    assert (outcome.code, outcome.error["code"]) == (2, "no_files")
